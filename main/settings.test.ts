import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openSettings } from './settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'depin-settings-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'deep/desktop.json')
const place = { x: 1, y: 2, width: 1000, height: 700, isMaximized: false }

describe('what the app remembers', () => {
  it('is there again, and this user’s alone', () => {
    expect(openSettings(path).get()).toEqual({ window: null, language: null, notify: { 'needs-you': true, 'paid': true, 'paused': true }, lastNoticeMs: null, toldPauses: [], toldTray: false })
    openSettings(path).set({ window: place, toldPauses: ['battery'] })
    openSettings(path).set({ language: 'ar' })
    expect(openSettings(path).get()).toMatchObject({ window: place, toldPauses: ['battery'], language: 'ar' })
    expect(statSync(path).mode & 0o077).toBe(0)
  })

  it('loses of a damaged file only what is damaged', () => {
    writeFileSync(path, JSON.stringify({ window: { x: 'left' }, language: 'tlh', toldTray: true, notify: 7 }))
    expect(openSettings(path).get()).toMatchObject({ window: null, language: null, toldTray: true, notify: { paid: true } })
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, 10))
    expect(openSettings(path).get()).toMatchObject({ toldTray: false })
  })
})
