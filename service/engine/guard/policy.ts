import * as z from 'zod'
import { DepinError } from '../../../contract/errors.ts'
import { DomainName } from '../../../contract/wire/v1/app.ts'
import { isIPv6Network, parseNetwork, type Range } from './addresses.ts'

/**
 * What a lease may reach. IPv6 is in no tier: nothing but loopback goes over it.
 *
 * - `none`: the lease's own containers, and nobody else.
 * - `domains`: besides, the addresses of the names that the app asks for, as its guard is told them (`lookups.ts`).
 * - `open`: besides, every public address, less mail, file sharing, remote desktop and telnet.
 *
 * `dns` is the one server that guests may ask for names in the tier open. In `domains` only the guard asks, the first of
 * `resolvers` that answers: of the world at large nothing can be asked, since who asks also tells.
 */
export type NetworkPolicy = z.infer<typeof NetworkPolicy>

const IPv4 = z.ipv4()
const Network = z.string().refine((text) => parseNetwork(text) !== null, 'is not an IPv4 network')

export const NetworkPolicy = z.strictObject({
  egress: z.discriminatedUnion('tier', [
    z.strictObject({ tier: z.literal('none') }),
    z.strictObject({ tier: z.literal('domains'), names: z.array(DomainName).max(64), resolvers: z.array(IPv4).max(3) }),
    z.strictObject({ tier: z.literal('open'), dns: IPv4.nullable() }),
  ]),
  /** The lease's own network. `address`: the namespace's own, when it is known; else any of the network's may be its source. */
  peers: z.strictObject({ subnet: Network, gateway: IPv4, address: IPv4.nullable() }),
  /** TCP ports of the lease's programs, and who reaches them from outside: the engine, by the network's gateway. */
  ingress: z.strictObject({ ports: z.array(z.int().min(1).max(65_535)).max(256), from: z.array(IPv4).max(16) }),
  /** This machine's own addresses, all of them; those of IPv6 are denied anyway. */
  denied: z.array(z.string().refine((text) => parseNetwork(text) !== null || isIPv6Network(text), 'is not a network')).max(4096),
  caps: z.strictObject({
    /** Each way, beyond the lease's own network. */
    rateKbit: z.int().min(8).max(10_000_000),
    /** Connections to the outside at a time. */
    maxFlows: z.int().min(1).max(1_000_000),
    /** Address and port together are one destination; known for `destinationMemoryMs` after its last first use. */
    newDestinationsPerSecond: z.int().min(1).max(10_000),
    /** Questions to the engine's own name server, which knows the lease's other services. One costs the engine some 50 µs. */
    namesPerSecond: z.int().min(1).max(10_000),
  }),
})

/** The policy, known to be one. Throws E_BAD_INPUT naming the field. */
export function checkPolicy(policy: NetworkPolicy): NetworkPolicy {
  const parsed = NetworkPolicy.safeParse(policy)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const field = issue?.path.join('.') ?? ''
  throw new DepinError('E_BAD_INPUT', `The network of the lease cannot be closed: ${field || 'the policy'} ${issue?.message ?? 'is not valid'}.`, { details: { field } })
}

/** A network that `checkPolicy` has let through. */
export function rangeOf(network: string): Range {
  const range = parseNetwork(network)
  if (range === null) throw new RangeError(`${network} is not an IPv4 network`)
  return range
}
