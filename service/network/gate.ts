/** Who may connect at all: before any of a stranger's bytes cost more than a handshake. */
import type { ConnectionGater, MultiaddrConnection } from '@libp2p/interface'
import { isPrivateIp } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { PeerLimits } from './wire/limits.ts'

export interface GateOptions {
  limits: PeerLimits
  /** How many connections others may have made to us: the rest is kept for those we choose. */
  maxInbound: number
}

/** Connections at once from one public network, and from one machine of our own. */
const maxPerPublicNetwork = 16
const maxPerPrivateAddress = 256

export function createGate({ limits, maxInbound }: GateOptions): ConnectionGater {
  const perOrigin = new Map<string, number>()
  let inboundCount = 0

  function admit(connection: MultiaddrConnection): boolean {
    const origin = originOf(connection.remoteAddr)
    const count = origin === undefined ? 0 : perOrigin.get(origin.name) ?? 0
    if (inboundCount >= maxInbound || (origin !== undefined && count >= origin.limit)) return false
    inboundCount++
    if (origin !== undefined) perOrigin.set(origin.name, count + 1)
    connection.addEventListener('close', () => {
      inboundCount--
      if (origin !== undefined) release(origin.name)
    }, { once: true })
    return true
  }

  function release(origin: string): void {
    const left = (perOrigin.get(origin) ?? 0) - 1
    if (left > 0) perOrigin.set(origin, left)
    else perOrigin.delete(origin)
  }

  return {
    denyDialPeer: (peerId) => limits.isRefused(peerId.toString()),
    denyInboundConnection: (connection) => !admit(connection),
    denyInboundEncryptedConnection: (peerId) => limits.isRefused(peerId.toString()),
    denyOutboundEncryptedConnection: (peerId) => limits.isRefused(peerId.toString()),
    // a peer says where it is: never a socket of this computer's own programs
    denyDialMultiaddr: (address) => address.getComponents().some(({ name }) => name === 'unix'),
  }
}

/** An address is counted with its neighbours: /24 and /48 are what one customer of a provider has. */
export function originOf(address: Multiaddr): { name: string, limit: number } | undefined {
  const components = address.getComponents()
  const ip = components.find(({ name }) => name === 'ip4' || name === 'ip6')?.value
  if (ip === undefined || components.some(({ name }) => name === 'p2p-circuit')) return undefined
  if (isPrivateIp(ip) === true) return { name: ip, limit: maxPerPrivateAddress }
  const mapped = /(\d+\.\d+\.\d+)\.\d+$/.exec(ip)?.[1]
  return { name: mapped ?? sitePrefix(ip), limit: maxPerPublicNetwork }
}

/** The first 48 bits of an IPv6 address. */
function sitePrefix(ip: string): string {
  const [head = '', tail] = ip.split('::')
  const groups = head.split(':')
  while (tail !== undefined && groups.length < 3) groups.push('0')
  return groups.slice(0, 3).map((group) => Number.parseInt(group || '0', 16).toString(16)).join(':')
}
