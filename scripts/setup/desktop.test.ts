import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { desktopArguments, findDesktop } from './desktop.mjs'

const root = mkdtempSync(join(tmpdir(), 'depin-start-'))
const folder = join(root, 'node_modules/electron')
mkdirSync(join(folder, 'dist'), { recursive: true })
afterAll(() => rmSync(root, { recursive: true }))

describe('which face `npm start` shows', () => {
  const screen = { platform: 'linux', env: { DISPLAY: ':0' } }

  it('is the dashboard while Electron’s binary was not fetched', () => {
    expect(findDesktop(root, screen)).toBeUndefined()
    writeFileSync(join(folder, 'path.txt'), 'electron')
    expect(findDesktop(root, screen)).toBeUndefined()
  })

  it('is the window where there are both a binary and a screen', () => {
    writeFileSync(join(folder, 'path.txt'), 'electron')
    writeFileSync(join(folder, 'dist/electron'), '')
    expect(findDesktop(root, screen)).toBe(join(folder, 'dist/electron'))
    expect(findDesktop(root, { platform: 'linux', env: { WAYLAND_DISPLAY: 'wayland-0' } })).toBe(join(folder, 'dist/electron'))
    expect(findDesktop(root, { platform: 'darwin', env: {} })).toBe(join(folder, 'dist/electron'))
    expect(findDesktop(root, { platform: 'linux', env: { DISPLAY: '' } })).toBeUndefined()
  })

  it('takes the same arguments in both', () => {
    expect(desktopArguments('/depin', ['--share'], { platform: 'linux', isRoot: true })).toEqual(['/depin', '--no-sandbox', '--share'])
    expect(desktopArguments('/depin', [], { platform: 'darwin', isRoot: false })).toEqual(['/depin'])
  })
})
