/** What this copy of the app remembers for itself. The owner's decisions about sharing are the service's. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as z from 'zod'
import { NoticeKind } from '../contract/desktop/shell.ts'
import { HoldCause } from '../contract/nouns/owner.ts'
import { WindowPlace } from './window/bounds.ts'

/** Each value falls back by itself: a file of another version, or a damaged one, costs what is not understood of it. */
export const Settings = z.object({
  window: WindowPlace.nullable().catch(null),
  language: z.enum(['en', 'ar']).nullable().catch(null),
  notify: z.record(NoticeKind, z.boolean()).catch({ 'needs-you': true, 'paid': true, 'paused': true }),
  /** When the last notification was shown, ms since the epoch. */
  lastNoticeMs: z.int().nullable().catch(null),
  /** Rules whose first pause the owner was told about. */
  toldPauses: z.array(HoldCause).catch([]),
  /** The owner was told that closing the window goes on in the tray. */
  toldTray: z.boolean().catch(false),
})
export type Settings = z.infer<typeof Settings>

export interface SettingsFile {
  get(): Settings
  set(change: Partial<Settings>): void
}

export function openSettings(path: string): SettingsFile {
  let settings = Settings.parse(readJson(path))
  return {
    get: () => settings,
    set(change) {
      settings = { ...settings, ...change }
      try {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
        // whole or not at all, also when the power goes
        writeFileSync(`${path}.tmp`, JSON.stringify(settings), { mode: 0o600, flush: true })
        renameSync(`${path}.tmp`, path)
      } catch {
        // a full disk costs the memory of a window's place, not the app
      }
    },
  }
}

function readJson(path: string): unknown {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
