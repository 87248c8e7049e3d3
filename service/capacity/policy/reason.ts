import type { HoldCause, OwnerTarget } from '../../../contract/nouns/owner.ts'
import type { Reason, ReasonCode } from '../../../contract/reasons.ts'

/** What a renter is told: enough to judge by, and no more of how the owner lives. */
const codes: Readonly<Record<HoldCause, ReasonCode>> = {
  'you': 'owner-needed-machine', 'in-use': 'owner-needed-machine', 'full-screen': 'owner-needed-machine', 'busy': 'owner-needed-machine', 'idle': 'owner-needed-machine',
  'battery': 'power', 'metered': 'metered', 'hours': 'schedule', 'hot': 'too-hot', 'disk': 'disk-full',
}

/** Why guests are asleep; null when they are not. */
export function sleepReason(target: OwnerTarget): Reason | null {
  switch (target.kind) {
    case 'full':
    case 'throttled': return null
    case 'off': return { code: 'owner-needed-machine', detail: 'Sharing is off.' }
    case 'asleep': return { code: codes[target.cause], ...target.cause === 'hours' && target.untilMs !== null && { detail: `Until ${new Date(target.untilMs).toISOString()}.` } }
  }
}
