import { isIP, isIPv4 } from 'node:net'
import { be32 } from './netlink.ts'
import type { Element } from './table.ts'

/** IPv4 networks, whole addresses included, as numbers from `start` to `end`, both within. */
export interface Range { start: number, end: number }

/**
 * Where no guest has any business, whoever's network this is: networks of homes and companies, of carriers, of this
 * machine and this cable, metadata services, documentation, multicast, reserved. IANA's registry of special-purpose
 * addresses (RFC 6890 and its updates), less what is a part of another.
 */
export const specialNetworks = [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24',
  '192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24', '192.168.0.0/16', '192.175.48.0/24', '198.18.0.0/15', '198.51.100.0/24',
  '203.0.113.0/24', '224.0.0.0/3',
] as const

/** `10.1.2.3` or `10.0.0.0/8`; null for everything else. */
export function parseNetwork(text: string): Range | null {
  const [address = '', bits = '32', ...rest] = text.split('/')
  if (!isIPv4(address) || !/^\d{1,2}$/.test(bits) || Number(bits) > 32 || rest.length > 0) return null
  const size = 2 ** (32 - Number(bits))
  const start = Math.floor(numberOf(address) / size) * size
  return { start, end: start + size - 1 }
}

/** `fd00::1`, `fd00::/8` */
export function isIPv6Network(text: string): boolean {
  const [address = '', bits = '128', ...rest] = text.split('/')
  return isIP(address) === 6 && /^\d{1,3}$/.test(bits) && Number(bits) <= 128 && rest.length === 0
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

/** Sorted, with none that touches another: the kernel refuses ranges that overlap. */
export function mergeRanges(ranges: readonly Range[]): Range[] {
  const merged: Range[] = []
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1)
    if (last !== undefined && range.start <= last.end + 1) last.end = Math.max(last.end, range.end)
    else merged.push({ ...range })
  }
  return merged
}

/** The special networks and `denied`, whose IPv6 networks are left out. */
export function deniedRanges(denied: readonly string[]): Range[] {
  return [...specialNetworks, ...denied].flatMap((network) => parseNetwork(network) ?? [])
}

/** An IPv4 address that the whole world knows as one place. */
export function isPublicAddress(address: string): boolean {
  const range = parseNetwork(address)
  return range?.start === range?.end && range !== null && !deniedRanges([]).some(({ start, end }) => range.start >= start && range.end <= end)
}

const lastAddress = 2 ** 32 - 1

/** Each range as its first address and the first one after it. */
export function rangeElements(ranges: readonly Range[]): Element[] {
  return mergeRanges(ranges).flatMap(({ start, end }) => (
    end === lastAddress ? [{ key: be32(start) }] : [{ key: be32(start) }, { key: be32(end + 1), end: true }]
  ))
}

/** For a rule that compares with one network. */
export function asPrefix({ start, end }: Range): { first: Uint8Array, bits: number } {
  return { first: be32(start), bits: 32 - Math.log2(end - start + 1) }
}
