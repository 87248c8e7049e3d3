import type { Guest } from '../../../contract/nouns/guest.ts'
import type { SharingState } from '../../../contract/nouns/node.ts'
import type { Tone } from '../../components/Badge.tsx'
import type { MessageId } from '../../i18n/messages.ts'

export interface StateWords {
  tone: Tone
  word: MessageId
}

/** A guest's state in a word. While the engine is away or sharing is paused, guests that ran are asleep. */
export function guestState({ state, throttled, unseenSinceMs }: Pick<Guest, 'state' | 'throttled' | 'unseenSinceMs'>, sharing: SharingState | null): StateWords {
  switch (state) {
    case 'terminated': case 'final': return { tone: 'plain', word: 'guest.ended' }
    case 'suspended': return { tone: 'attention', word: 'guest.asleep' }
    case 'proposed': case 'funded': return { tone: 'info', word: 'guest.starting' }
    case 'grace': return { tone: 'attention', word: 'guest.late' }
    case 'running':
      if (unseenSinceMs != null || asleep(sharing)) return { tone: 'attention', word: 'guest.asleep' }
      return throttled == null ? { tone: 'good', word: 'guest.running' } : { tone: 'attention', word: 'guest.throttled' }
  }
}

function asleep(sharing: SharingState | null): boolean {
  return sharing !== null && (sharing.kind === 'paused' || sharing.kind === 'engine-stopped' || sharing.kind === 'engine-forbidden' || sharing.kind === 'engine-unsafe' || sharing.kind === 'engine-missing')
}

/** Over, for the tabs; the last statement may still be on its way. */
export function isOver({ state }: Pick<Guest, 'state'>): boolean {
  return state === 'terminated' || state === 'final'
}
