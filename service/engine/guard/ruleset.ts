import { asPrefix, deniedRanges, rangeElements } from './addresses.ts'
import { type RuleCounterName, ruleCounterNames } from './counters.ts'
import { addressIn, connectionsBeyond, count, destinationIn, type Expression, goTo, ipv6, loopback, marked, network, over, port, portIn, protocol, protocolIn, questionIn, reject, rememberDestination, reply, state, verdict, within } from './expressions.ts'
import { be16, type NetlinkMessage } from './netlink.ts'
import { type NetworkPolicy, rangeOf } from './policy.ts'
import { poolHosts, poolPorts, questionStarts } from './pools.ts'
import { baseChain, chain, counter, type Element, elements, emptySet, noRules, rule, set, type SetOptions, table, transaction } from './table.ts'

/** SMTP and submission: what a residential address is banned for. */
export const mailPorts = [25, 465, 587] as const
/** SMB, NetBIOS, RDP, telnet: what worms spread by. */
export const wormPorts = [23, 139, 445, 3389] as const

/** How long a destination is known. */
export const destinationMemoryMs = 60_000
const destinationsAtMost = 65_536
/** Questions that go further. */
const namesPerSecond = 50
/** Docker's own name server, and the guard's, which it asks. A guest that asks without end has them work for it, and not on its own account. */
const nameServers = ({ caps }: NetworkPolicy) => [
  // at any port: the engine has its own behind this one
  { address: '127.0.0.11', at: [], perSecond: caps.namesPerSecond }, { address: '127.0.0.1', at: port(53), perSecond: namesPerSecond },
]

/** Addresses of names that are open at a time. */
const namedAtMost = 4096
export const namedSet = 'named'
/** On what the guard itself asks. */
export const guardMark = 0x6e61_6d65

const sets: readonly SetOptions[] = [
  { name: 'denied', key: 'address', ranges: true },
  { name: namedSet, key: 'address', timed: { size: namedAtMost } },
  { name: 'mail', key: 'port' },
  { name: 'worms', key: 'port' },
  { name: 'pools', key: 'port' },
  { name: 'pool-names', key: 'question' },
  { name: 'served', key: 'port' },
  { name: 'carried', key: 'protocol' },
  { name: 'destinations', key: 'destination', dynamic: { timeoutMs: destinationMemoryMs, size: destinationsAtMost } },
]

/**
 * The whole policy as one change, over whatever policy was there before: it takes effect at once, for connections that
 * are open as well, and counters go on counting. Only the table of this name is touched: the engine's own rules for its
 * name server stay.
 */
export function ruleset(policy: NetworkPolicy): NetlinkMessage[] {
  return transaction([
    table(),
    ...ruleCounterNames.map(counter),
    baseChain('input'), baseChain('forward'), baseChain('output'), chain('refuse'),
    noRules(),
    ...sets.map((options, index) => set(options, index + 1)),
    // destinations are remembered: a change of policy is no way to more of them; and so is what names stand for
    ...sets.filter(({ dynamic, timed }) => dynamic === undefined && timed === undefined).map(({ name }) => emptySet(name)),
    ...entries(policy),
    ...refuse(), ...output(policy), ...input(policy),
  ])
}

function entries({ denied, ingress }: NetworkPolicy): NetlinkMessage[] {
  const ports = (numbers: readonly number[]): Element[] => [...new Set(numbers)].map((number) => ({ key: be16(number) }))
  return [
    ...elements('denied', rangeElements(deniedRanges(denied))),
    ...elements('mail', ports(mailPorts)),
    ...elements('worms', ports(wormPorts)),
    ...elements('pools', ports(poolPorts)),
    ...elements('pool-names', poolHosts.flatMap(questionStarts).map((key) => ({ key }))),
    ...elements('served', ports(ingress.ports)),
    ...elements('carried', [{ key: Uint8Array.of(6) }, { key: Uint8Array.of(17) }]),
  ]
}

/** Counted, and then the same for every packet: refused at once, dropped without a word, or let through. */
function refused(name: RuleCounterName): Expression[] {
  return [count(name), goTo('refuse')]
}
function dropped(name: RuleCounterName): Expression[] {
  return [count(name), verdict('drop')]
}
function accepted(name: RuleCounterName): Expression[] {
  return [count(name), verdict('accept')]
}

function refuse(): NetlinkMessage[] {
  return [
    rule('refuse', 'connections at once', protocol('tcp'), reject('reset')),
    rule('refuse', 'all else', reject('prohibited')),
  ]
}

function output(policy: NetworkPolicy): NetlinkMessage[] {
  const { egress, ingress, peers } = policy
  const to = (what: string, ...expressions: Parameters<typeof rule>[2][]): NetlinkMessage => rule('output', what, ...expressions)
  const gateway = network('to', asPrefix(rangeOf(peers.gateway)))
  return [
    ...nameServers(policy).map(({ address, at, perSecond }) => to('too many questions', network('to', asPrefix(rangeOf(address))), at, over(perSecond, 'packets', 2 * perSecond), dropped('hurried'))),
    to('loopback', loopback('to'), verdict('accept')),
    to('IPv6', ipv6(), refused('ipv6')),
    to('sources that are not its own', network('from', asPrefix(rangeOf(peers.address ?? peers.subnet)), 'is not'), dropped('spoof')),
    ...questions(policy, to),
    ...ingress.from.map((address) => to('answers to the engine', network('to', asPrefix(rangeOf(address))), state('established'), reply(), verdict('accept'))),
    to('the gateway', gateway, refused('private')),
    to('the lease itself', network('to', asPrefix(rangeOf(peers.subnet))), verdict('accept')),
    to('private networks', addressIn('to', 'denied'), refused('private')),
    to('neither TCP nor UDP', protocolIn('carried', 'is not'), refused('closed')),
    to('mail', portIn('mail'), refused('mail')),
    to('worms', portIn('worms'), refused('worm')),
    to('mining pools', portIn('pools'), refused('pool')),
    ...egress.tier === 'none' ? [] : [
      ...newConnections(policy, to),
    ],
    to('all else', refused('closed')),
  ]
}

type To = (what: string, ...expressions: Parameters<typeof rule>[2][]) => NetlinkMessage

function questions({ egress }: NetworkPolicy, to: To): NetlinkMessage[] {
  if (egress.tier === 'domains') {
    return egress.resolvers.map((address) => (
      to('names, by the guard', marked(guardMark), network('to', asPrefix(rangeOf(address))), protocol('udp'), port(53), within(namesPerSecond, 'packets', 2 * namesPerSecond), accepted('names'))
    ))
  }
  if (egress.tier === 'none' || egress.dns === null) return []
  const server = network('to', asPrefix(rangeOf(egress.dns)))
  return [
    to('names of mining pools', protocol('udp'), port(53), questionIn('pool-names'), refused('pool')),
    to('names over UDP', server, protocol('udp'), port(53), within(namesPerSecond, 'packets', 2 * namesPerSecond), accepted('names')),
    to('names over TCP', server, protocol('tcp'), port(53), within(10 * namesPerSecond, 'packets', 20 * namesPerSecond), accepted('names')),
  ]
}

/** What leaves for the outside: its rate, how many destinations it may find in a second, how many connections it may hold. */
function newConnections(policy: NetworkPolicy, to: To): NetlinkMessage[] {
  const perSecond = policy.caps.newDestinationsPerSecond
  const isNew = destinationIn('destinations', 'is not')
  return [
    to('beyond the rate', tooFast(policy), dropped('flood')),
    // of names as well: who is connected stays so when the name has another address
    to('open connections', state('established'), accepted('out')),
    ...policy.egress.tier === 'open' ? [] : [to('other addresses', addressIn('to', namedSet, 'is not'), refused('closed'))],
    to('neither open nor new', state('related'), dropped('closed')),
    to('too many destinations', isNew, over(perSecond, 'packets', 4 * perSecond), dropped('scan')),
    to('a destination', isNew, rememberDestination('destinations'), count('destinations')),
    to('destinations that cannot be remembered', isNew, dropped('scan')),
    to('too many connections', state('new'), connectionsBeyond(policy.caps.maxFlows), dropped('flood')),
    to('a connection', state('new'), count('flows'), accepted('out')),
  ]
}

/**
 * A quarter above the rate, with half a second's worth at once: queues (tc.ts) keep within the rate, and this is what holds
 * where the kernel has none, and against programs that send without asking whether anything arrives.
 */
function tooFast({ caps }: NetworkPolicy): Expression {
  const bytesPerSecond = Math.ceil(caps.rateKbit * 125 * 1.25)
  return over(bytesPerSecond, 'bytes', Math.max(128 * 1024, Math.ceil(bytesPerSecond / 2)))
}

function input(policy: NetworkPolicy): NetlinkMessage[] {
  const { egress, ingress, peers } = policy
  const from = (what: string, ...expressions: Parameters<typeof rule>[2][]): NetlinkMessage => rule('input', what, ...expressions)
  const isFrom = (address: string): Expression[] => network('from', asPrefix(rangeOf(address)))
  const servers = egress.tier === 'domains' ? egress.resolvers : egress.tier === 'none' || egress.dns === null ? [] : [egress.dns]
  return [
    from('loopback', loopback('from'), verdict('accept')),
    from('IPv6', ipv6(), dropped('ipv6')),
    ...ingress.from.map((address) => from('the engine', isFrom(address), protocol('tcp'), portIn('served'), verdict('accept'))),
    ...servers.map((address) => from('names', isFrom(address), state('established'), accepted('in'))),
    from('the gateway', isFrom(peers.gateway), dropped('uninvited')),
    from('the lease itself', isFrom(peers.subnet), verdict('accept')),
    ...egress.tier === 'none' ? [] : [
      from('private networks', addressIn('from', 'denied'), dropped('uninvited')),
      from('beyond the rate', tooFast(policy), dropped('flood')),
      from('answers', state('established'), accepted('in')),
      from('what went wrong on the way', protocol('icmp'), state('related'), accepted('in')),
    ],
    from('all else', dropped('uninvited')),
  ]
}
