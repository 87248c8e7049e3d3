/**
 * Draws `resources/icons` from the marks in `resources/brand`: `node scripts/icons.ts`, when a mark has changed. Needs a Chromium.
 * One colour, the shape tells the state: macOS tints a template by itself; Windows and Linux get it in black and in white.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { encodeIcns, icnsSizes } from './icons/icns.ts'
import { encodeIco } from './icons/ico.ts'
import { root } from './setup/root.mjs'
import { findChromium } from './suites/chromium.ts'

const states = ['sharing', 'paused', 'attention', 'offline'] as const
const inks = { black: '#000', white: '#fff' } as const
const out = join(root, 'resources/icons')
const executablePath = findChromium()

async function draw(page: Page, svg: string, size: number): Promise<Buffer> {
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`)
  return await page.screenshot({ omitBackground: true, type: 'png' })
}

/** A mask stays as it is: black in it means “not drawn”. */
function inked(svg: string, colour: string): string {
  return svg.split(/(<mask.*?<\/mask>)/s).map((part) => part.startsWith('<mask') ? part : part.replaceAll('#000', colour).replaceAll(/<path(?![^>]*(fill|stroke))/g, `<path fill="${colour}"`)).join('')
}

const browser = await chromium.launch({ ...executablePath !== undefined && { executablePath }, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
try {
  const page = await browser.newPage()
  mkdirSync(join(out, 'tray'), { recursive: true })
  for (const state of states) {
    const svg = readFileSync(join(root, `resources/brand/tray-${state}.svg`), 'utf8')
    const write = (name: string, bytes: Buffer): void => writeFileSync(join(out, 'tray', name), bytes)
    write(`${state}Template.png`, await draw(page, svg, 16))
    write(`${state}Template@2x.png`, await draw(page, svg, 32))
    for (const [ink, colour] of Object.entries(inks)) {
      const own = inked(svg, colour)
      write(`${state}-${ink}.png`, await draw(page, own, 22))
      write(`${state}-${ink}@2x.png`, await draw(page, own, 44))
      const sizes = [16, 20, 24, 32]
      const images = []
      for (const size of sizes) images.push({ size, png: await draw(page, own, size) })
      write(`${state}-${ink}.ico`, encodeIco(images))
    }
  }
  const app = readFileSync(join(root, 'resources/brand/app-icon-square.svg'), 'utf8')
  writeFileSync(join(out, 'app.png'), await draw(page, app, 512))
  // for installers alone: the programs carry them in themselves
  const drawn = async (sizes: readonly number[]): Promise<{ size: number, png: Buffer }[]> => {
    const images = []
    for (const size of sizes) images.push({ size, png: await draw(page, app, size) })
    return images
  }
  writeFileSync(join(root, 'resources/package/icon.ico'), encodeIco(await drawn([16, 24, 32, 48, 64, 128, 256])))
  writeFileSync(join(root, 'resources/package/icon.icns'), encodeIcns(await drawn(icnsSizes)))
} finally {
  await browser.close()
}
