import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextPhase } from './lease-state.ts'
import type { LeaseEvent, LeasePhase } from './types.ts'

const reason = { code: 'unpaid' as const }
const events: LeaseEvent[] = [
  { kind: 'countersigned', signature: new Uint8Array(64) }, { kind: 'running' }, { kind: 'unpaid' },
  { kind: 'suspend', reason }, { kind: 'end', reason: { code: 'tenant-closed' } }, { kind: 'settled' },
]
const attempt = (phase: LeasePhase, event: LeaseEvent): LeasePhase | 'refused' => {
  try {
    return nextPhase(phase, event, 1)
  } catch {
    return 'refused'
  }
}

describe('lease states', () => {
  it('allow exactly these steps', () => {
    const phases: LeasePhase[] = [
      { state: 'proposed' }, { state: 'funded' }, { state: 'running' }, { state: 'grace' }, { state: 'suspended', reason },
      { state: 'terminated', reason, endedAtMs: 0 }, { state: 'final', reason, endedAtMs: 0 },
    ]
    const table = phases.map((phase) => `${phase.state.padEnd(10)} ${events.map((event) => {
      const next = attempt(phase, event)
      return `${event.kind}→${next === 'refused' ? '✗' : next.state}`
    }).join('  ')}`)
    expect(table).toMatchInlineSnapshot(`
      [
        "proposed   countersigned→funded  running→✗  unpaid→✗  suspend→✗  end→terminated  settled→✗",
        "funded     countersigned→funded  running→running  unpaid→✗  suspend→✗  end→terminated  settled→✗",
        "running    countersigned→running  running→running  unpaid→grace  suspend→suspended  end→terminated  settled→✗",
        "grace      countersigned→grace  running→running  unpaid→grace  suspend→suspended  end→terminated  settled→✗",
        "suspended  countersigned→suspended  running→running  unpaid→✗  suspend→suspended  end→terminated  settled→✗",
        "terminated countersigned→terminated  running→✗  unpaid→✗  suspend→✗  end→terminated  settled→final",
        "final      countersigned→final  running→✗  unpaid→✗  suspend→✗  end→final  settled→final",
      ]
    `)
  })

  it('applying an event twice is applying it once, and nothing leaves the end', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...events), { maxLength: 30 }), (history) => {
      let phase: LeasePhase = { state: 'proposed' }
      let ended: LeasePhase | undefined
      for (const event of history) {
        const next = attempt(phase, event)
        if (next === 'refused') continue
        expect(attempt(next, event)).toEqual(next)
        phase = next
        if ('endedAtMs' in phase) ended ??= phase
        if (ended !== undefined) expect(phase).toMatchObject({ reason: 'reason' in ended ? ended.reason : undefined })
      }
    }))
  })
})
