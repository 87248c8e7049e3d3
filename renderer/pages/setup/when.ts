/** When to share, as three ways that need no rules to be read. Pure. */
import type { ShareSettingsPatch } from '../../../contract/nouns/node.ts'
import type { OwnerRules } from '../../../contract/nouns/owner.ts'

export const whenIds = ['always', 'away', 'hours'] as const
export type WhenId = (typeof whenIds)[number]

export function whenOf({ hours, inUse }: OwnerRules): WhenId {
  if (hours.on) return 'hours'
  return inUse === 'asleep' ? 'away' : 'always'
}

export function whenPatch(id: WhenId): ShareSettingsPatch {
  switch (id) {
    case 'always': return { rules: { inUse: 100, hours: { on: false } } }
    case 'away': return { rules: { inUse: 'asleep', hours: { on: false } } }
    case 'hours': return { rules: { hours: { on: true } } }
  }
}
