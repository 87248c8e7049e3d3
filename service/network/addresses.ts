/** In which order a peer's addresses are worth trying: each that leads nowhere may cost seconds. */
import { BlockList } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Address } from '@libp2p/interface'
import { isPrivateIp } from '@libp2p/utils'
import { CODE_P2P, type Multiaddr, multiaddr } from '@multiformats/multiaddr'

/** The peer that an address ends in. */
export function peerIdIn(address: Multiaddr): string | undefined {
  return address.getComponents().findLast(({ code }) => code === CODE_P2P)?.value
}

/** Addresses that are addresses, ending in this peer. */
export function addressesOf(peerId: string, addresses: readonly string[]): Multiaddr[] {
  return addresses.flatMap((text) => {
    const address = parse(text)
    if (address === undefined) return []
    const end = peerIdIn(address)
    if (end === undefined) return [address.encapsulate(`/p2p/${peerId}`)]
    return end === peerId ? [address] : []
  })
}

/**
 * For sorting: those that worked last, those of networks this machine is in, public ones, relayed ones, and last such
 * private addresses as are in some other house, which tend to swallow what is sent to them.
 *
 * @param workedLast addresses that worked last, as text.
 */
export function createAddressOrder(workedLast: (address: string) => boolean): (left: Address, right: Address) => -1 | 0 | 1 {
  return (left, right) => {
    const near = nearby()
    const difference = rank(left.multiaddr, workedLast, near) - rank(right.multiaddr, workedLast, near)
    return difference === 0 ? 0 : difference < 0 ? -1 : 1
  }
}

/** For showing to others: where it is of use to them first, and not on loopback. */
export function publicFirst(addresses: readonly Multiaddr[]): Multiaddr[] {
  const distance = (address: Multiaddr): number => {
    const ip = ipOf(address)
    if (ip === undefined) return 1
    if (ip === '127.0.0.1' || ip === '::1') return 3
    return isPrivateIp(ip) === true ? 2 : 0
  }
  return addresses.toSorted((a, b) => distance(a) - distance(b))
}

function rank(address: Multiaddr, workedLast: (address: string) => boolean, near: BlockList): number {
  if (workedLast(address.toString())) return 0
  if (address.getComponents().some(({ name }) => name === 'p2p-circuit')) return 3
  const ip = ipOf(address)
  if (ip === undefined) return 2
  if (near.check(ip, ip.includes(':') ? 'ipv6' : 'ipv4')) return 1
  return isPrivateIp(ip) === true ? 4 : 2
}

/** The networks that this machine is in. */
function nearby(): BlockList {
  const list = new BlockList()
  for (const entries of Object.values(networkInterfaces())) {
    for (const { cidr } of entries ?? []) {
      const [ip, prefix] = cidr?.split('/') ?? []
      if (ip !== undefined && prefix !== undefined) list.addSubnet(ip, Number(prefix), ip.includes(':') ? 'ipv6' : 'ipv4')
    }
  }
  return list
}

function ipOf(address: Multiaddr): string | undefined {
  return address.getComponents().find(({ name }) => name === 'ip4' || name === 'ip6')?.value
}

function parse(text: string): Multiaddr | undefined {
  try {
    return multiaddr(text)
  } catch {
    return undefined
  }
}
