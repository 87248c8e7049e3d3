/** The documents keep up with what they describe. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { protocolDocPath, renderProtocolDoc } from './protocol-docs.ts'
import { root } from './setup/root.mjs'

const documents = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' }).split('\n').filter((path) => existsSync(join(root, path)) && path !== '')
/** Made by a build, or by taking screenshots: not always there. */
const made = /^(dist|node_modules|\.cache|docs\/images)\b/
/** What a path in backticks begins with, when it is meant from the root. */
const folders = 'contract|release|service|cli|main|preload|renderer|scripts|e2e|docs|resources|bench|\\.github'

describe.each(documents)('%s', (document) => {
  const text = readFileSync(join(root, document), 'utf8').replaceAll(/^```.*?^```/gms, '')

  it('links to what is there', () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)].map((match) => match[1] ?? match[2] ?? '').filter((link) => !/^[a-z]+:/.test(link))
    expect(links.filter((link) => !isThere(document, link))).toEqual([])
  })

  it('names files that are there', () => {
    const paths = [...text.matchAll(new RegExp(`\`((?:${folders})/[\\w./@-]*)\``, 'g'))].map((match) => match[1] ?? '')
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
})

describe('docs/ARCHITECTURE.md', () => {
  it('draws the levels that the layer check knows', async () => {
    const { default: { forbidden } } = await import(join(root, '.dependency-cruiser.cjs')) as { default: { forbidden: { name: string, from: { path?: string } }[] } }
    const levels = forbidden.filter(({ name }) => name.startsWith('imports-go-down-')).map(({ from }) => (/\((.*)\)/.exec(from.path ?? '')?.[1] ?? '').split('|'))
    const picture = /```levels\n(.*?)```/s.exec(readFileSync(join(root, 'docs/ARCHITECTURE.md'), 'utf8'))?.[1] ?? ''
    const drawn = picture.trim().split('\n').map((line) => line.split('·').map((part) => part.trim())).toReversed()
    expect(drawn).toEqual(levels)
  })
})

describe('docs/PROTOCOL.md', () => {
  it('has the tables of the contract; if not, run scripts/protocol-docs.ts', () => {
    const text = readFileSync(protocolDocPath, 'utf8')
    expect(text).toBe(renderProtocolDoc(text))
  })
})

function isThere(document: string, link: string): boolean {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? document : join(dirname(document), path)
  if (made.test(target)) return true
  if (!existsSync(join(root, target))) return false
  return anchor === undefined || !target.endsWith('.md') || anchorsOf(target).has(anchor)
}

/** As GitHub makes them of headings. */
function anchorsOf(path: string): Set<string> {
  const text = readFileSync(join(root, path), 'utf8').replaceAll(/^```.*?^```/gms, '')
  return new Set([...text.matchAll(/^#+ (.+)$/gm)].map((match) => (match[1] ?? '').toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')))
}
