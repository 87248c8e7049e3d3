import { decodeAttributes, decodeMessages } from './netlink.ts'
import { objectMessage } from './table.ts'

/**
 * What the rules count, in packets and bytes. `out` and `in`: what passed to and from the outside; `names`: questions to the
 * name server; `flows` and `destinations`: new connections and new destinations. The others were refused: `closed` (not in
 * the tier), `private`, `mail`, `worm`, `pool` (mining pools), `scan` (too many destinations), `flood` (too fast, or too many
 * connections), `spoof`, `ipv6`, and `uninvited` (from outside).
 */
export const counterNames = [
  'out', 'in', 'names', 'flows', 'destinations', 'closed', 'private', 'mail', 'worm', 'pool', 'scan', 'flood', 'spoof', 'ipv6', 'uninvited',
] as const
export type CounterName = typeof counterNames[number]

export interface Count { packets: number, bytes: number }
export type Counters = Record<CounterName, Count>

/** Counters from the kernel's answer to `listCounters`. Throws a RangeError where one is missing: nothing is no zero. */
export function decodeCounters(answers: Uint8Array): Counters {
  const found = new Map(decodeMessages(answers).filter(({ type }) => type === objectMessage).map(({ body }) => decodeCounter(body)))
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

function big(bytes: Uint8Array | undefined): number {
  return bytes?.length === 8 ? Number(Buffer.from(bytes).readBigUInt64BE()) : 0
}
