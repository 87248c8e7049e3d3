import { describe, expect, it } from 'vitest'
import { contrast } from './contrast.ts'
import theme from './theme.css?raw'
import tokens from './tokens.css?raw'

const sources = import.meta.glob<string>(['../**/*.{ts,tsx}', '!../**/*.test.{ts,tsx}'], { query: '?raw', import: 'default', eager: true })
const styles = import.meta.glob<string>('../**/*.css', { query: '?raw', import: 'default', eager: true })

describe('right to left', () => {
  it('is never lost to a left or a right in a class', () => {
    const physical = /[\s"'`:](-?(ml|mr|pl|pr|left|right|border-l|border-r|rounded-l|rounded-r|rounded-tl|rounded-tr|rounded-bl|rounded-br|scroll-ml|scroll-mr|scroll-pl|scroll-pr)-(?!to-)[\w.[]+|text-(left|right)|float-(left|right))/
    for (const [path, source] of Object.entries(sources)) expect(physical.exec(source)?.[1], path).toBeUndefined()
  })

  it('is never lost to a left or a right in a style sheet', () => {
    const physical = /(?<![\w-])(margin|padding|border)-(left|right)\s*:|(?<![\w-])(left|right)\s*:|text-align\s*:\s*(left|right)/
    for (const [path, css] of Object.entries(styles)) expect(css, path).not.toBe('')
    for (const [path, css] of Object.entries(styles)) expect(physical.exec(css)?.[0], path).toBeUndefined()
  })
})

it('nothing goes on moving for who wants no motion', () => {
  const endless = Object.entries(styles).flatMap(([path, css]) => css.split('\n').filter((line) => line.includes('infinite')).map((line) => ({ path, line: line.trim() })))
  expect(endless.length).toBeGreaterThan(1)
  for (const { path, line } of endless) expect(line, path).toMatch(/^@media \(prefers-reduced-motion: no-preference\)/)
})

describe('colour', () => {
  it('comes from tokens alone in components', () => {
    const raw = /#[0-9a-f]{3,8}\b(?=['"`\s;])|\b(rgb|hsl|oklch)a?\(|\b(bg|text|border|fill|stroke|outline)-\[/i
    for (const [path, source] of Object.entries(sources)) {
      if (!path.includes('/gallery/') && !path.endsWith('contrast.ts')) expect(raw.exec(source)?.[0], path).toBeUndefined()
    }
  })

  it('has a token behind each class', () => {
    const known = new Set([...tokens.matchAll(/--c-([\w-]+):/g)].map((match) => match[1]))
    expect(known.size).toBeGreaterThan(50)
    for (const [, token] of theme.matchAll(/--color-[\w-]+: var\(--c-([\w-]+)\)/g)) expect(known).toContain(token)
  })

  it('is told apart well enough, in light and in dark', () => {
    const colours = new Map<string, string[]>()
    for (const [, name = '', light = '', dark = ''] of tokens.matchAll(/--c-([\w-]+):\s*light-dark\((oklch\([^)]*\)),\s*(oklch\([^)]*\))\)/g)) colours.set(name, [light, dark])
    const text = 4.5
    const control = 3
    const pairs: [string, string, number][] = [
      ...['bg', 'surface', 'sidebar', 'well', 'hover', 'selected'].flatMap((ground): [string, string, number][] => [['text', ground, text], ['text-2', ground, text]]),
      ...['bg', 'surface', 'sidebar', 'well', 'hover'].map((ground): [string, string, number] => ['text-3', ground, text]),
      ...['primary', 'primary-hover'].map((ground): [string, string, number] => ['on-primary', ground, text]),
      ...['surface', 'bg', 'sidebar', 'primary-soft', 'hero-on-a'].map((ground): [string, string, number] => ['primary-text', ground, text]),
      ...['sun', 'clay', 'lagoon'].flatMap((tone): [string, string, number][] => [[`${tone}-text`, `${tone}-soft`, text], [`${tone}-text`, 'surface', text], ['text-2', `${tone}-soft`, text]]),
      ...['on', 'pause', 'stop'].flatMap((tone): [string, string, number][] => [['text-2', `hero-${tone}-a`, text], ['text-2', `hero-${tone}-b`, text]]),
      ['on-clay', 'clay', text], ['sun-text', 'hero-pause-a', text], ['clay-text', 'hero-stop-a', text], ['surface', 'text', text],
      ...['surface', 'bg', 'hero-on-a'].map((ground): [string, string, number] => ['on', ground, control]),
      ...['surface', 'bg'].map((ground): [string, string, number] => ['line-strong', ground, control]),
      ...['surface', 'bg', 'sidebar'].map((ground): [string, string, number] => ['focus', ground, control]),
    ]
    for (const [front, ground, least] of pairs) {
      for (const [index, light] of ['light', 'dark'].entries()) {
        expect(contrast(colours.get(front)![index]!, colours.get(ground)![index]!), `${front} on ${ground}, ${light}`).toBeGreaterThanOrEqual(least)
      }
    }
  })
})
