import { createHash } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { NetworkCreateOptions } from 'dockerode'
import * as z from 'zod'
import { DepinError } from '../../../contract/errors.ts'
import { isSameOwner, labelKeys, networkName, ownerLabels, ownerOf, spareLabels, spareName, spareOf } from '../names.ts'
import type { ContainerEngine, NetworkInfo, Owner } from '../types.ts'
import type { EngineContext } from './context.ts'
import { statusOf } from './errors.ts'
import { freeSubnet } from './subnets.ts'

type Networks = Pick<ContainerEngine, 'ensureNetwork' | 'removeNetwork' | 'listNetworks'>

/** A lease's network in addresses. */
export interface NetworkAddresses { subnet: string, gateway: string }

/** What the rest of an engine asks of networks, besides what it offers. */
export interface PodNetworks extends Pick<Networks, 'ensureNetwork'> {
  /** By the network's name. Null when it is not there; E_ENGINE when somebody else's has the name. */
  addresses(node: string, name: string): Promise<NetworkAddresses | null>
  /** A network for a spare pod; its name. */
  makeSpare(node: string, id: string): Promise<string>
  /** Names of all networks of spare pods, of those that are leases' by now as well. */
  listSpare(node: string): Promise<string[]>
  remove(name: string): Promise<void>
}

/** How a network is found again: its name, and the labels that make it ours. */
interface Mark { name: string, labels: Readonly<Record<string, string>> }

const NetworkJson = z.object({ Labels: z.record(z.string(), z.string()).nullish(), IPAM: z.object({ Config: z.array(z.object({ Subnet: z.string().nullish(), Gateway: z.string().nullish() })).nullish() }) })

const subnetAttempts = 5

/**
 * One bridge network for each lease: its pods reach each other by name, and no other lease's. What they reach beyond it is
 * their guards' to decide.
 */
export function createNetworks(context: EngineContext): Networks & PodNetworks {
  const { client } = context
  const underWay = new Map<string, Promise<NetworkInfo>>()

  async function listOf(node: string): Promise<{ Id: string, Name: string, Labels?: Readonly<Record<string, string>> | null | undefined }[]> {
    const filters = { label: [`${labelKeys.node}=${node}`] }
    return await client.call('list the networks', 15_000, (docker, abortSignal) => docker.listNetworks({ filters, abortSignal }))
  }

  async function list(node: string): Promise<(NetworkInfo & { id: string })[]> {
    return (await listOf(node)).flatMap((network) => {
      const owner = ownerOf(network.Labels)
      return owner !== null && network.Name === networkName(owner) ? [{ id: network.Id, name: network.Name, owner }] : []
    })
  }

  async function remove(idOrName: string): Promise<void> {
    try {
      await client.call('remove a network', 60_000, (docker, abortSignal) => docker.getNetwork(idOrName).remove({ abortSignal }))
    } catch (error) {
      if (statusOf(error) !== 404) throw error
    }
  }

  return {
    ensureNetwork(owner) {
      const name = networkName(owner)
      const making = underWay.get(name) ?? ensure(context, markOf(owner)).then(() => ({ name, owner })).finally(() => underWay.delete(name))
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
    async addresses(node, name) {
      await underWay.get(name)
      const json = await inspectNetwork(context, name)
      if (json === null) return null
      if (json.Labels?.[labelKeys.node] !== node) throw nameTaken(name)
      for (const { Subnet: subnet, Gateway: gateway } of json.IPAM.Config ?? []) {
        // old engines write the network's size behind the address
        const address = gateway?.split('/')[0] ?? ''
        if (subnet != null && isIPv4(address)) return { subnet, gateway: address }
      }
      throw new DepinError('E_ENGINE', 'The container engine gave a lease a network without an IPv4 address, so it cannot be closed.')
    },
    async makeSpare(node, id) {
      const name = spareName(node, id)
      await ensure(context, { name, labels: spareLabels(node, id) })
      return name
    },
    listSpare: async (node) => (await listOf(node)).flatMap(({ Name }) => spareOf(node, Name) === null ? [] : [Name]),
    remove,
  }
}

function markOf(owner: Owner): Mark {
  return { name: networkName(owner), labels: ownerLabels(owner) }
}

async function ensure(context: EngineContext, mark: Mark): Promise<void> {
  try {
    await create(context, mark, null)
  } catch (error) {
    if (/address pool|fully subnetted|free subnet/i.test(String(error))) await createWithOwnSubnet(context, mark)
    // 409 from Docker; older Podman has no status of its own for a name that is taken
    else if (statusOf(error) === null || !await isThere(context, mark)) throw error
  }
}

async function create({ client, traits }: EngineContext, { name, labels }: Mark, subnet: string | null): Promise<void> {
  const options: NetworkCreateOptions = {
    Name: name,
    Driver: 'bridge',
    CheckDuplicate: true,
    EnableIPv6: false,
    Labels: { ...labels },
    // ports are bound to loopback one by one; with this they are even if one were not
    ...traits.kind === 'docker' && { Options: { 'com.docker.network.bridge.host_binding_ipv4': '127.0.0.1' } },
    ...subnet !== null && { IPAM: { Driver: 'default', Config: [{ Subnet: subnet, Gateway: firstAddress(subnet) }] } },
  }
  await client.call('make a network', 60_000, (docker, abortSignal) => docker.createNetwork({ ...options, abortSignal }))
}

/** Docker hands out about thirty networks by itself; after that the addresses are ours to choose. */
async function createWithOwnSubnet(context: EngineContext, mark: Mark): Promise<void> {
  const seed = createHash('sha256').update(mark.name).digest().readUInt32BE()
  for (let attempt = 1; ; attempt++) {
    const subnet = freeSubnet([...await engineSubnets(context), ...hostSubnets()], seed + attempt)
    if (subnet === null) throw new DepinError('E_ENGINE', 'There are no addresses left for another network.', { next: 'Remove networks that nobody uses: docker network prune' })
    try {
      await create(context, mark, subnet)
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
async function isThere({ client }: EngineContext, { name, labels }: Mark): Promise<boolean> {
  const networks = await client.call('list the networks', 15_000, (docker, abortSignal) => docker.listNetworks({ filters: { name: [name] }, abortSignal }))
  // the filter takes a part of a name as well
  const network = networks.find((candidate) => candidate.Name === name)
  if (network === undefined) return false
  if (Object.entries(labels).every(([key, value]) => network.Labels?.[key] === value)) return true
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
