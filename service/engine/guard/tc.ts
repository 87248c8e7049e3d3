import { rangeOf, type NetworkPolicy } from './policy.ts'
import { attribute, be32, flags, nested, type NetlinkMessage, u32 } from './netlink.ts'
import type { Range } from './addresses.ts'

/**
 * Queues that keep what a lease sends to the internet and gets from it within its rate. Its own network is left out, and with
 * it the gateway, by which the tunnels come: what they carry is asked for by the renter, counted and paid by the byte. What
 * comes in is turned round through a second interface, since queues only work on what goes out.
 *
 * Formats: linux/rtnetlink.h (`struct tcmsg`, `struct ifinfomsg`), linux/if_link.h, linux/pkt_sched.h (`struct tc_htb_glob`,
 * `struct tc_htb_opt`), linux/pkt_cls.h (`struct tc_u32_sel`), linux/tc_act/tc_mirred.h.
 */
const types = { newLink: 16, newQueue: 36, newClass: 40, newFilter: 44 } as const

/** The guard puts the index of the interface here that its frame names. */
const namedLink = 0xffff_ffff
/** The interface that turns round what comes in: any index that the namespace has not given away. */
const returning = { name: 'depin-in', index: 32_001 } as const

const root = 0xffff_ffff
const ingress = { parent: 0xffff_fff1, handle: 0xffff_0000 } as const
const queue = 0x1_0000
const cappedClass = queue | 1
/** HTB lets through what is given the queue's own number. */
const uncapped = queue

const anyProtocol = 0x0300
const ipv4 = 0x0008

/** Everything that a new namespace needs. */
export function shaping(policy: NetworkPolicy): NetlinkMessage[] {
  return [
    newReturningLink(),
    ...capped('what it gets', returning.index, 'from', policy),
    ...capped('what it sends', namedLink, 'to', policy),
    traffic('what comes in', types.newQueue, namedLink, ingress.parent, ingress.handle, 0, 'ingress'),
    traffic('what comes in, turned round', types.newFilter, namedLink, ingress.handle, 0, filterInfo(1, anyProtocol), 'u32',
      nested(2, attribute(5, selector([{ mask: 0, value: 0, offset: 0 }])), nested(7, nested(1, ...redirect(returning.index))))),
  ]
}

/** Another rate, in a namespace that has its queues. */
export function reshaping(policy: NetworkPolicy): NetlinkMessage[] {
  return [rate('rate of what it gets', returning.index, policy), rate('rate of what it sends', namedLink, policy)]
}

function capped(what: string, link: number, side: 'from' | 'to', policy: NetworkPolicy): NetlinkMessage[] {
  const offset = side === 'from' ? 12 : 16
  // TCA_HTB_INIT: version, quantum per rate, the class for all else, debugging, a count that only answers have
  const init = attribute(2, Buffer.concat([u32(3), u32(10), u32(cappedClass & 0xffff), u32(0), u32(0)]))
  return [
    traffic(`queue of ${what}`, types.newQueue, link, root, queue, 0, 'htb', nested(2, init)),
    rate(`rate of ${what}`, link, policy),
    match(`${what}, the lease itself`, link, 1, rangeOf(policy.peers.subnet), offset, uncapped),
  ]
}

function newReturningLink(): NetlinkMessage {
  const up = 1
  // struct ifinfomsg: family, type, index, flags, which flags; IFLA_IFNAME, IFLA_LINKINFO { IFLA_INFO_KIND }
  const body = Buffer.concat([
    u32(0), u32(returning.index), u32(up), u32(up), attribute(3, returning.name), nested(18, attribute(1, 'ifb')),
  ])
  return { what: `interface ${returning.name}`, type: types.newLink, flags: flags.create | flags.ack, body }
}

/** `struct tcmsg` and TCA_KIND */
function traffic(
  what: string, type: number, link: number, parent: number, handle: number, info: number, kind: string, ...attributes: readonly Uint8Array[]
): NetlinkMessage {
  const body = Buffer.concat([u32(0), u32(link), u32(handle), u32(parent), u32(info), attribute(1, kind), ...attributes])
  return { what, type, flags: flags.create | flags.ack | (type === types.newClass ? 0 : flags.excl), body }
}

/** What may pass at once: enough for the largest packet that a virtual interface carries. */
const leastBurstBytes = 128 * 1024
/** PSCHED_TICKS: the kernel counts time in 64 ns. */
const tickNs = 64

/** TCA_HTB_PARMS: rate, ceiling, burst and its own burst in ticks, quantum, level, priority. */
function rate(what: string, link: number, { caps }: NetworkPolicy): NetlinkMessage {
  const bytesPerSecond = caps.rateKbit * 125
  const burstBytes = Math.max(leastBurstBytes, Math.ceil(bytesPerSecond / 50))
  const ticks = Math.min(0xffff_ffff, Math.ceil(burstBytes / bytesPerSecond * 1e9 / tickNs))
  // struct tc_ratespec: cell log, link layer (TC_LINKLAYER_ETHERNET), overhead, cell alignment, least packet unit, rate
  const speed = Buffer.concat([u32(1 << 8), u32(0), u32(bytesPerSecond)])
  const parameters = Buffer.concat([speed, speed, u32(ticks), u32(ticks), u32(60_000), u32(0), u32(0)])
  return traffic(what, types.newClass, link, queue, cappedClass, 0, 'htb', nested(2, attribute(1, parameters)))
}

/** Its place among the filters, and the protocol in network byte order. */
function filterInfo(place: number, protocol: number): number {
  return place << 16 | protocol
}

function match(what: string, link: number, place: number, { start, end }: Range, offset: number, into: number): NetlinkMessage {
  const keys = [{ mask: ~(end - start), value: start, offset }]
  // TCA_U32_CLASSID, TCA_U32_SEL
  return traffic(what, types.newFilter, link, queue, 0, filterInfo(place, ipv4), 'u32', nested(2, attribute(1, u32(into)), attribute(5, selector(keys))))
}

/** `struct tc_u32_sel` (TC_U32_TERMINAL) with its `struct tc_u32_key`s */
function selector(keys: readonly { mask: number, value: number, offset: number }[]): Uint8Array {
  const head = Buffer.alloc(16)
  head.writeUInt8(1, 0)
  head.writeUInt8(keys.length, 2)
  return Buffer.concat([head, ...keys.flatMap(({ mask, value, offset }) => [be32(mask), be32(value), u32(offset), u32(0)])])
}

/** TCA_ACT_KIND, TCA_ACT_OPTIONS { TCA_MIRRED_PARMS }: index, capabilities, TC_ACT_STOLEN, two counts, TCA_EGRESS_REDIR, interface */
function redirect(link: number): Uint8Array[] {
  const parameters = Buffer.concat([u32(0), u32(0), u32(4), u32(0), u32(0), u32(1), u32(link)])
  return [attribute(1, 'mirred'), nested(2, attribute(2, parameters))]
}
