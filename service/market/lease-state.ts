import { DepinError } from '../../contract/errors.ts'
import type { LeaseEvent, LeasePhase } from './types.ts'

/**
 * The state machine of a lease (diagram in `contract/nouns/lease.ts`). Returns the phase it was given when the event has
 * already happened, so that applying an event twice is applying it once.
 *
 * @throws E_LEASE_STATE when the event cannot happen in this phase.
 */
export function nextPhase(phase: LeasePhase, event: LeaseEvent, nowMs: number): LeasePhase {
  switch (event.kind) {
    case 'countersigned':
      return phase.state === 'proposed' ? { state: 'funded' } : phase
    case 'running':
      if (phase.state === 'running') return phase
      if (phase.state === 'funded' || phase.state === 'grace' || phase.state === 'suspended') return { state: 'running' }
      break
    case 'unpaid':
      if (phase.state === 'running') return { state: 'grace' }
      if (phase.state === 'grace') return phase
      break
    case 'suspend':
      if (phase.state === 'running' || phase.state === 'grace') return { state: 'suspended', reason: event.reason }
      if (phase.state === 'suspended') return phase.reason.code === event.reason.code ? phase : { state: 'suspended', reason: event.reason }
      break
    case 'end':
      if (isOver(phase)) return phase
      return { state: 'terminated', reason: event.reason, endedAtMs: nowMs }
    case 'settled':
      if (phase.state === 'terminated') return { ...phase, state: 'final' }
      if (phase.state === 'final') return phase
      break
  }
  throw new DepinError('E_LEASE_STATE', `A lease that is ${phase.state} cannot take “${event.kind}”.`, { details: { state: phase.state, event: event.kind } })
}

function isOver(phase: LeasePhase): boolean {
  return phase.state === 'terminated' || phase.state === 'final'
}
