/** Shows what `decide` finds worth telling. */
import { Notification } from 'electron'
import type { ScreenPath } from '../../contract/desktop/shell.ts'
import type { Format } from '../../renderer/format/format.ts'
import { type Clock, every } from '../base/clock.ts'
import type { ServiceClient } from '../service/client.ts'
import type { SettingsFile } from '../settings.ts'
import { decide, noMemory } from './decide.ts'

/** Time alone makes something worth telling: a problem that stays, an hour that is over. */
const lookEveryMs = 5_000

export interface NoticesDeps {
  client: ServiceClient
  settings: SettingsFile
  clock: Clock
  words: () => Format
  isLookedAt: () => boolean
  open: (path: ScreenPath) => void
}

/** Returns its end. */
export function startNotices({ client, settings, clock, words, isLookedAt, open }: NoticesDeps): () => void {
  if (!Notification.isSupported()) return () => undefined
  let memory = noMemory
  /** Held, or a click on one would be lost with it. */
  let shown: Notification | null = null

  function look(): void {
    const decision = decide({ ...client.known(), isLookedAt: isLookedAt(), nowMs: clock.nowMs() }, settings.get(), memory, words())
    memory = decision.memory
    if (Object.keys(decision.keep).length > 0) settings.set(decision.keep)
    const { notice } = decision
    if (notice === null) return
    shown?.close()
    shown = new Notification({ title: notice.title, body: notice.text, silent: true })
    shown.once('click', () => open(notice.path))
    shown.show()
  }

  const unsubscribe = client.subscribe(look)
  const stop = every(clock, lookEveryMs, look)
  return () => {
    unsubscribe()
    stop()
  }
}
