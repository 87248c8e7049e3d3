import { createHash } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { NetworkCreateOptions } from 'dockerode'
import * as z from 'zod'
import { DepinError } from '../../../contract/errors.ts'
import { isSameOwner, labelKeys, networkName, ownerLabels, ownerOf } from '../names.ts'
import type { ContainerEngine, NetworkInfo, Owner } from '../types.ts'
import type { EngineContext } from './context.ts'
import { statusOf } from './errors.ts'
import { freeSubnet } from './subnets.ts'

type Networks = Pick<ContainerEngine, 'ensureNetwork' | 'removeNetwork' | 'listNetworks'>

/** A lease's network in addresses. */
export interface NetworkAddresses { subnet: string, gateway: string }

const NetworkJson = z.object({ Labels: z.record(z.string(), z.string()).nullish(), IPAM: z.object({ Config: z.array(z.object({ Subnet: z.string().nullish(), Gateway: z.string().nullish() })).nullish() }) })

const subnetAttempts = 5

/**
 * One bridge network for each lease: its pods reach each other by name, and no other lease's. What they reach beyond it is
 * their guards' to decide.
 */
export function createNetworks(context: EngineContext): Networks & { addresses: (owner: Owner) => Promise<NetworkAddresses | null> } {
  const { client } = context
  const underWay = new Map<string, Promise<NetworkInfo>>()

  async function list(node: string): Promise<(NetworkInfo & { id: string })[]> {
    const filters = { label: [`${labelKeys.node}=${node}`] }
    const networks = await client.call('list the networks', 15_000, (docker, abortSignal) => docker.listNetworks({ filters, abortSignal }))
    return networks.flatMap((network) => {
      const owner = ownerOf(network.Labels)
      return owner !== null && network.Name === networkName(owner) ? [{ id: network.Id, name: network.Name, owner }] : []
    })
  }

  async function remove(id: string): Promise<void> {
    try {
      await client.call('remove a network', 60_000, (docker, abortSignal) => docker.getNetwork(id).remove({ abortSignal }))
    } catch (error) {
      if (statusOf(error) !== 404) throw error
    }
  }

  return {
    ensureNetwork(owner) {
      const name = networkName(owner)
      const making = underWay.get(name) ?? ensure(context, owner).finally(() => underWay.delete(name))
      underWay.set(name, making)
      return making
    },
    async removeNetwork(owner) {
      const networks = await list(owner.node)
      for (const network of networks.filter((candidate) => isSameOwner(candidate.owner, owner))) await remove(network.id)
    },
    async listNetworks(node) {
      const networks = await list(node)
      return networks.map(({ name, owner }) => ({ name, owner }))
    },
    async addresses(owner) {
      const name = networkName(owner)
      await underWay.get(name)
      const json = await inspectNetwork(context, name)
      if (json === null) return null
      if (!isSameOwner(ownerOf(json.Labels), owner)) throw nameTaken(name)
      for (const { Subnet: subnet, Gateway: gateway } of json.IPAM.Config ?? []) {
        // old engines write the network's size behind the address
        const address = gateway?.split('/')[0] ?? ''
        if (subnet != null && isIPv4(address)) return { subnet, gateway: address }
      }
      throw new DepinError('E_ENGINE', 'The container engine gave a lease a network without an IPv4 address, so it cannot be closed.')
    },
  }
}

async function ensure(context: EngineContext, owner: Owner): Promise<NetworkInfo> {
  const name = networkName(owner)
  try {
    await create(context, owner, null)
  } catch (error) {
    if (/address pool|fully subnetted|free subnet/i.test(String(error))) await createWithOwnSubnet(context, owner)
    // 409 from Docker; older Podman has no status of its own for a name that is taken
    else if (statusOf(error) === null || !await isThere(context, name, owner)) throw error
  }
  return { name, owner }
}

async function create({ client, traits }: EngineContext, owner: Owner, subnet: string | null): Promise<void> {
  const options: NetworkCreateOptions = {
    Name: networkName(owner),
    Driver: 'bridge',
    CheckDuplicate: true,
    EnableIPv6: false,
    Labels: ownerLabels(owner),
    // ports are bound to loopback one by one; with this they are even if one were not
    ...traits.kind === 'docker' && { Options: { 'com.docker.network.bridge.host_binding_ipv4': '127.0.0.1' } },
    ...subnet !== null && { IPAM: { Driver: 'default', Config: [{ Subnet: subnet, Gateway: firstAddress(subnet) }] } },
  }
  await client.call('make a network', 60_000, (docker, abortSignal) => docker.createNetwork({ ...options, abortSignal }))
}

/** Docker hands out about thirty networks by itself; after that the addresses are ours to choose. */
async function createWithOwnSubnet(context: EngineContext, owner: Owner): Promise<void> {
  const seed = createHash('sha256').update(networkName(owner)).digest().readUInt32BE()
  for (let attempt = 1; ; attempt++) {
    const subnet = freeSubnet([...await engineSubnets(context), ...hostSubnets()], seed + attempt)
    if (subnet === null) throw new DepinError('E_ENGINE', 'There are no addresses left for another network.', { next: 'Remove networks that nobody uses: docker network prune' })
    try {
      await create(context, owner, subnet)
      return
    } catch (error) {
      // somebody took it meanwhile, or it overlaps something that cannot be seen from here
      if (attempt === subnetAttempts || !/overlap/i.test(String(error))) throw error
    }
  }
}

async function engineSubnets({ client }: EngineContext): Promise<string[]> {
  const networks = await client.call('list the networks', 15_000, (docker, abortSignal) => docker.listNetworks({ abortSignal }))
  return networks.flatMap((network) => (network.IPAM?.Config ?? []).flatMap((config) => config.Subnet ?? []))
}

/** Engines tell a gateway that they were told. */
function firstAddress(subnet: string): string {
  return subnet.replace(/(\d+)\/\d+$/, (_, last: string) => String(Number(last) + 1))
}

function hostSubnets(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).flatMap((address) => address.cidr ?? []))
}

/** False when there is none of this name; one that is somebody else's throws. */
async function isThere({ client }: EngineContext, name: string, owner: Owner): Promise<boolean> {
  const networks = await client.call('list the networks', 15_000, (docker, abortSignal) => docker.listNetworks({ filters: { name: [name] }, abortSignal }))
  // the filter takes a part of a name as well
  const network = networks.find((candidate) => candidate.Name === name)
  if (network === undefined) return false
  if (isSameOwner(ownerOf(network.Labels), owner)) return true
  throw nameTaken(name)
}

async function inspectNetwork({ client }: EngineContext, name: string): Promise<z.infer<typeof NetworkJson> | null> {
  try {
    return NetworkJson.parse(await client.call('look at a network', 15_000, (docker) => docker.getNetwork(name).inspect() as Promise<unknown>))
  } catch (error) {
    if (statusOf(error) === 404) return null
    throw error
  }
}

function nameTaken(name: string): DepinError {
  return new DepinError('E_ENGINE', `Another network has the name ${name}.`, { next: `Remove it: docker network rm ${name}` })
}
