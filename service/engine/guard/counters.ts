import { decodeAttributes, decodeMessages } from './netlink.ts'
import { objectMessage } from './table.ts'

/**
 * What the rules count, in packets and bytes. `out` and `in`: what passed to and from the outside; `names`: questions to the
 * name server; `flows` and `destinations`: new connections and new destinations. The others were refused: `closed` (not in
 * the tier), `private`, `mail`, `worm`, `pool` (mining pools), `scan` (too many destinations), `flood` (too fast, or too many
 * connections), `spoof`, `ipv6`, `hurried` (too many questions for names), and `uninvited` (from outside).
 */
export const ruleCounterNames = [
  'out', 'in', 'names', 'flows', 'destinations', 'closed', 'private', 'mail', 'worm', 'pool', 'scan', 'flood', 'spoof', 'ipv6', 'hurried', 'uninvited',
] as const

/**
 * What the guard counts itself, in the order in which it tells (guard/names.h). Questions for `unnamed` names, which are none
 * of the app's; answers that were `rebound`, into networks that no guest may reach; messages that were `garbled`; questions
 * that stayed `unanswered`.
 */
export const answerCounterNames = ['unnamed', 'rebound', 'garbled', 'unanswered'] as const

export const counterNames = [...ruleCounterNames, ...answerCounterNames] as const
export type RuleCounterName = typeof ruleCounterNames[number]
export type CounterName = typeof counterNames[number]

export interface Count { packets: number, bytes: number }
export type Counters = Record<CounterName, Count>

/** The type of the message in which a guard tells its own counts. */
const ownCounts = 0xffff
const countBytes = 16

/** Counters from a guard's answer to `countersFrame`. Throws a RangeError where one is missing: nothing is no zero. */
export function decodeCounters(answers: Uint8Array): Counters {
  const messages = decodeMessages(answers)
  const found = new Map(messages.filter(({ type }) => type === objectMessage).map(({ body }) => decodeCounter(body)))
  for (const { body } of messages.filter(({ type }) => type === ownCounts)) for (const [name, count] of decodeOwnCounts(body)) found.set(name, count)
  const counts = counterNames.map((name) => {
    const count = found.get(name)
    if (count === undefined) throw new RangeError(`there is no counter ${name}`)
    return [name, count] as const
  })
  return Object.fromEntries(counts) as Counters
}

/** NFTA_OBJ_NAME, NFTA_OBJ_DATA { NFTA_COUNTER_BYTES, NFTA_COUNTER_PACKETS } after a `struct nfgenmsg`. */
function decodeCounter(body: Uint8Array): [string, Count] {
  const attributes = decodeAttributes(body.subarray(4))
  const counts = decodeAttributes(attributes.get(4) ?? new Uint8Array())
  const name = Buffer.from(attributes.get(2) ?? []).toString('latin1').replace(/\0$/, '')
  return [name, { bytes: big(counts.get(1)), packets: big(counts.get(2)) }]
}

/** Two numbers of eight bytes each, in the machine's byte order. */
function decodeOwnCounts(body: Uint8Array): [string, Count][] {
  const bytes = Buffer.from(body)
  return answerCounterNames.slice(0, Math.floor(body.length / countBytes)).map((name, at) => (
    [name, { packets: Number(bytes.readBigUInt64LE(at * countBytes)), bytes: Number(bytes.readBigUInt64LE(at * countBytes + 8)) }]
  ))
}

function big(bytes: Uint8Array | undefined): number {
  return bytes?.length === 8 ? Number(Buffer.from(bytes).readBigUInt64BE()) : 0
}
