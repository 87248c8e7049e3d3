import { isIPv4, isIPv6 } from 'node:net'

/** One thing that no guest may reach, and the probe's word for trying it (guard/probe.c). */
export interface AttackTarget {
  what: string
  /** Of the pod that it is tried from. */
  tier: 'none' | 'open'
  attempt: string
  /** Only what the lease itself has is reached: that shows that the probe can tell. */
  expected: 'refused' | 'reached'
}

/** What an attack aims at on this machine. */
export interface AttackPlace {
  gateway: string
  friend: string
  victim: string
  /** Where both listen. */
  guestPort: number
  /** This machine's addresses, and the port on which it listens on all of them for as long as the attack lasts. */
  hostAddresses: readonly string[]
  hostPort: number
  /** Our own API's, and whatever else listens on loopback alone. */
  ownPorts: readonly number[]
  /** The way out of the owner's network, if there is one. */
  lanGateway: string | null
  neighbours: readonly { address: string, port: number }[]
}

const maxHostAddresses = 40
const mailPorts = [25, 465, 587] as const
const publicAddress = '1.1.1.1'
const publicNameServer = '9.9.9.9'
const falseSource = '11.77.77.77'

export function attackTargets(place: AttackPlace): AttackTarget[] {
  return [
    reached('another service of its own lease', 'none', tcp(place.friend, place.guestPort)),
    ...(['none', 'open'] as const).flatMap((tier) => [...ofThisMachine(place, tier), ...ofPrivateNetworks(place, tier), ...ofItself(place, tier)]),
    ...ofTheWorld(),
    ...mailPorts.map((port) => refused(`mail to the world, port ${port}`, 'open', tcp(publicAddress, port))),
  ]
}

function ofThisMachine({ gateway, hostAddresses, hostPort, ownPorts, victim, guestPort }: AttackPlace, tier: AttackTarget['tier']): AttackTarget[] {
  return [
    refused('another lease', tier, tcp(victim, guestPort)),
    refused('this machine, by the gateway', tier, tcp(gateway, hostPort)),
    ...hostAddresses.slice(0, maxHostAddresses).map((address) => refused(`this machine, ${address}`, tier, tcp(address, hostPort))),
    refused('this machine, an IPv4 address in IPv6', tier, tcp(`::ffff:${gateway}`, hostPort)),
    ...[2375, 2376].map((port) => refused(`the engine, port ${port}`, tier, tcp(gateway, port))),
    ...ownPorts.map((port) => refused(`Depin itself, port ${port}`, tier, tcp(gateway, port))),
    refused('this machine’s name server', tier, udp(gateway, 53)),
  ]
}

function ofPrivateNetworks({ lanGateway, neighbours }: AttackPlace, tier: AttackTarget['tier']): AttackTarget[] {
  const lan = lanGateway === null ? [] : [
    ...[53, 80, 443].map((port) => refused(`the router, port ${port}`, tier, tcp(lanGateway, port))),
    refused('the router’s name server', tier, udp(lanGateway, 53)),
    refused('a neighbour on the local network', tier, tcp(neighbourOf(lanGateway), 80)),
  ]
  return [
    ...lan,
    ...neighbours.map(({ address, port }) => refused(`a neighbour, ${address}`, tier, tcp(address, port))),
    refused('the metadata service', tier, tcp('169.254.169.254', 80)),
    ...['10.0.0.1', '100.64.0.1', '172.16.0.1', '192.168.0.1', '192.168.1.1', '127.0.0.1'].filter((address) => address !== lanGateway)
      .map((address) => refused(`private networks, ${address}`, tier, tcp(address, 80))),
    refused('multicast (mDNS)', tier, udp('224.0.0.251', 5353)),
    refused('multicast (UPnP)', tier, udp('239.255.255.250', 1900)),
    refused('broadcast', tier, udp('255.255.255.255', 53)),
    refused('IPv6, all nodes', tier, udp('ff02::1', 53)),
    refused('IPv6, a private network', tier, tcp('fd00::1', 80)),
    refused('IPv6, the world', tier, tcp('2606:4700:4700::1111', 443)),
  ]
}

function ofItself({ gateway, hostPort }: AttackPlace, tier: AttackTarget['tier']): AttackTarget[] {
  return [
    refused('a raw socket', tier, 'r'),
    refused('a packet socket', tier, 'p'),
    refused('a false sender', tier, `s${sockaddr(falseSource, 0)}${sockaddr(gateway, hostPort)}`),
  ]
}

function ofTheWorld(): AttackTarget[] {
  return [
    refused('the world, port 443', 'none', tcp(publicAddress, 443)),
    refused('the world’s name servers', 'none', udp(publicNameServer, 53)),
    refused('the world’s name servers over TCP', 'none', tcp(publicNameServer, 53)),
  ]
}

function refused(what: string, tier: AttackTarget['tier'], attempt: string): AttackTarget {
  return { what, tier, attempt, expected: 'refused' }
}

function reached(what: string, tier: AttackTarget['tier'], attempt: string): AttackTarget {
  return { what, tier, attempt, expected: 'reached' }
}

/** The next address of the same network, nearly always somebody's. */
function neighbourOf(address: string): string {
  return address.replace(/\d+$/, (last) => String(Number(last) === 254 ? 253 : Number(last) + 1))
}

const tcp = (address: string, port: number): string => `t${sockaddr(address, port)}`
const udp = (address: string, port: number): string => `u${sockaddr(address, port)}`

/** As the kernel takes it, in hexadecimal: `struct sockaddr_in` or `sockaddr_in6`, on machines whose lowest byte is the first. */
export function sockaddr(address: string, port: number): string {
  const head = Buffer.alloc(4)
  head.writeUInt16BE(port, 2)
  if (isIPv4(address)) {
    head[0] = 2
    return Buffer.concat([head, Buffer.from(address.split('.').map(Number)), Buffer.alloc(8)]).toString('hex')
  }
  if (!isIPv6(address)) throw new RangeError(`${address} is no address`)
  head[0] = 10
  return Buffer.concat([head, Buffer.alloc(4), ipv6Bytes(address), Buffer.alloc(4)]).toString('hex')
}

function ipv6Bytes(address: string): Buffer {
  const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a: string, b: string, c: string, d: string) => (
    `${(Number(a) * 256 + Number(b)).toString(16)}:${(Number(c) * 256 + Number(d)).toString(16)}`
  ))
  const [left = '', right] = plain.split('::')
  const groups = (text: string | undefined): string[] => text === undefined || text === '' ? [] : text.split(':')
  const [front, back] = [groups(left), groups(right)]
  const all = [...front, ...Array.from({ length: 8 - front.length - back.length }, () => '0'), ...back]
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex')
}
