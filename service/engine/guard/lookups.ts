import { deniedRanges, mergeRanges } from './addresses.ts'
import { be32, encodeMessages, u32 } from './netlink.ts'
import { type NetworkPolicy, rangeOf } from './policy.ts'
import { guardMark, namedSet } from './ruleset.ts'
import { renewal } from './table.ts'

/**
 * What a guard is told about names: of which it answers, whom it asks, and what it does with an address (guard/order.h and
 * guard/names.h). It opens an address before a guest hears of it, for as long as the answer holds, and never one of a
 * network that no guest may reach: else whoever owns a name could point guests at the owner's home.
 */
export interface NamedService { name: string, address: string }

/** For how long an address is open, s, whatever its server says; half a minute more, so that who asks last is not late. */
const leastSeconds = 60
const mostSeconds = 3600
const serversAtMost = 3

/** `struct order` with what follows it. Without names in every tier but domains. */
export function namesOrder({ egress, denied, peers }: NetworkPolicy): Uint8Array {
  const wanted = egress.tier === 'domains' ? egress : { names: [], resolvers: [] }
  const servers = Buffer.alloc(4 * serversAtMost)
  for (const [at, address] of wanted.resolvers.entries()) servers.set(be32(rangeOf(address).start), 4 * at)
  const ranges = mergeRanges([...deniedRanges(denied), rangeOf(peers.subnet)]).map(({ start, end }) => Buffer.concat([u32(start), u32(end)]))
  const names = Buffer.concat(wanted.names.map(pattern))
  const { bytes, addressAt, millisecondsAt } = opening()
  const sizes = [ranges.length * 8, names.length, bytes.length]
  const head = [u32(guardMark), servers, ...[leastSeconds, mostSeconds, ...sizes, ...addressAt, millisecondsAt].map(u32)]
  return Buffer.concat([...head, ...ranges, names, bytes])
}

export function servicesOrder(services: readonly NamedService[]): Uint8Array {
  return Buffer.concat(services.map(({ name, address }) => Buffer.concat([be32(rangeOf(address).start), wireName(name)])))
}

/** `*.example.org` stands for all below it, and not for itself. */
function pattern(name: string): Uint8Array {
  const isBelow = name.startsWith('*.')
  return Buffer.concat([Buffer.of(isBelow ? 1 : 0), wireName(isBelow ? name.slice(2) : name)])
}

/** As messages have it (RFC 1035, 3.1): each label after its length. */
function wireName(name: string): Uint8Array {
  const labels = name.toLowerCase().split('.').map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label, 'latin1')]))
  return Buffer.concat([...labels, Buffer.of(0)])
}

/** Messages that open an address, and where in them the guard writes which, and for how many milliseconds. */
function opening(): { bytes: Uint8Array, addressAt: number[], millisecondsAt: number } {
  const [address, time] = [Buffer.from('addr'), 0x7469_6d65_6d73]
  const bytes = Buffer.from(encodeMessages(renewal(namedSet, address, time)))
  const addressAt: number[] = []
  for (let at = bytes.indexOf(address); at >= 0; at = bytes.indexOf(address, at + 1)) addressAt.push(at)
  const milliseconds = Buffer.alloc(8)
  milliseconds.writeBigUInt64BE(BigInt(time))
  return { bytes, addressAt, millisecondsAt: bytes.indexOf(milliseconds) }
}
