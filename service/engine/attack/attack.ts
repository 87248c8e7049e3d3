import { readFile } from 'node:fs/promises'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { DepinError } from '../../../contract/errors.ts'
import { type Clock, settleAll, withDeadline } from '../../base/index.ts'
import { ownPublicAddresses } from '../guard/own-addresses.ts'
import { ensureGuardImage, probeEntrypoint } from '../guard/image.ts'
import type { ContainerEngine, ContainerRequest, Owner, PodInfo, PodPolicy } from '../types.ts'
import { type AttackTarget, attackTargets, sockaddr } from './targets.ts'

export interface AttackOptions {
  /** Of this service; the attack's own containers carry another, so that nobody takes them for a lease's. */
  nodeId: string
  ownPorts: readonly number[]
  /** More that no guest may reach and that is known to be there: a neighbour of a test's. */
  neighbours?: readonly { address: string, port: number }[]
  clock: Clock
  signal: AbortSignal
}

export interface AttackResult extends Pick<AttackTarget, 'what' | 'tier' | 'expected'> {
  outcome: 'refused' | 'reached'
}

const guestPort = 7000
const deadlineMs = 120_000
const caps: PodPolicy['caps'] = { rateKbit: 10_000, maxFlows: 1000, newDestinationsPerSecond: 1000, namesPerSecond: 2000 }
const limits = { cpuMilli: 500, memoryMiB: 64, pids: 16 }

/**
 * Attacks from inside: pods and containers as every lease's, by the same calls, with a program in them that tries all that
 * no guest may reach. Beside them another lease, and a listener on every address of this machine. Leaves nothing behind.
 */
export async function attack(engine: ContainerEngine, options: AttackOptions): Promise<AttackResult[]> {
  const [attacker, victim] = sidesOf(options.nodeId)
  const listener = await listenEverywhere()
  let attacking: Promise<AttackResult[]> | undefined
  try {
    return await withDeadline(options.clock, 'the attack from inside', deadlineMs, async (signal) => {
      await clearAway(engine, [attacker, victim])
      attacking = attackFrom(engine, { attacker, victim, hostPort: (listener.address() as AddressInfo).port, ...options, signal })
      return await attacking
    }, options.signal)
  } finally {
    listener.close()
    // whoever gave it up has stopped waiting: what is still being made is not there yet to be cleared away
    await attacking?.catch(() => undefined)
    await clearAway(engine, [attacker, victim])
  }
}

/** Removes what an attack of this service has left that was cut off. */
export async function clearAttack(engine: ContainerEngine, nodeId: string): Promise<void> {
  await clearAway(engine, sidesOf(nodeId))
}

function sidesOf(nodeId: string): [Owner, Owner] {
  const node = `${nodeId.slice(0, 120)}-attack`
  return [{ node, leaseId: 'attacker' }, { node, leaseId: 'victim' }]
}

/** What was reached that may not be, in words; nothing when all is as it should be. */
export function leaksOf(results: readonly AttackResult[]): string[] {
  return results.filter(({ outcome, expected }) => outcome !== expected).map(({ what, tier, outcome }) => (
    outcome === 'reached' ? `${what} (internet: ${tier})` : `${what} was not reached, so the attack shows nothing`
  ))
}

interface Arena extends AttackOptions { attacker: Owner, victim: Owner, hostPort: number }

async function attackFrom(engine: ContainerEngine, { attacker, victim, hostPort, ownPorts, neighbours = [], signal }: Arena): Promise<AttackResult[]> {
  const { id: imageId } = await ensureGuardImage(engine, signal)
  const listen = [`l${sockaddr('0.0.0.0', guestPort)}`]
  const [prey, friend] = await settleAll([
    startProgram(engine, signal, { owner: victim, service: 'target', imageId, tier: 'none', command: listen }),
    startProgram(engine, signal, { owner: attacker, service: 'friend', imageId, tier: 'none', command: listen }),
  ])
  const targets = attackTargets({
    gateway: gatewayOf(friend.pod), friend: addressOf(friend.pod), victim: addressOf(prey.pod), guestPort, hostPort, ownPorts,
    hostAddresses: hostAddresses(), lanGateway: await lanGateway(), neighbours,
  })
  const results = await settleAll((['none', 'open'] as const).map(async (tier) => {
    const tried = targets.filter((target) => target.tier === tier)
    const { id } = await startProgram(engine, signal, { owner: attacker, service: `probe-${tier}`, imageId, tier, command: tried.map(({ attempt }) => attempt) })
    return judge(tried, await outputOf(engine, id, signal))
  }))
  return results.flat()
}

interface Program { owner: Owner, service: string, imageId: string, tier: AttackTarget['tier'], command: readonly string[] }

async function startProgram(engine: ContainerEngine, signal: AbortSignal, { owner, service, imageId, tier, command }: Program): Promise<{ id: string, pod: PodInfo }> {
  const policy: PodPolicy = { egress: tier === 'none' ? { tier } : { tier, dns: null }, denied: ownPublicAddresses(), caps }
  const request: ContainerRequest = {
    owner, service, imageId, entrypoint: [...probeEntrypoint], command, env: {}, workingDir: null, user: null, ports: [guestPort], volumes: [], tmpfs: [],
    healthcheck: null, limits, shmMiB: null, init: false, tty: false, stdinOpen: false, stopSignal: null, stopGraceMs: 0,
  }
  signal.throwIfAborted()
  const pod = await engine.ensurePod({ owner, service, alone: false, hostname: null, aliases: [], ports: [guestPort], policy })
  signal.throwIfAborted()
  const { id } = await engine.createContainer(request)
  signal.throwIfAborted()
  await engine.start(id)
  return { id, pod }
}

async function outputOf(engine: ContainerEngine, containerId: string, signal: AbortSignal): Promise<string> {
  let text = ''
  for await (const chunk of engine.logs(containerId, { follow: true, tailLines: 10, signal })) text += chunk.text
  return text.trim()
}

function judge(targets: readonly AttackTarget[], verdicts: string): AttackResult[] {
  if (verdicts.length !== targets.length || !/^[yn]+$/.test(verdicts)) {
    throw new DepinError('E_ENGINE', 'The attack from inside did not tell what it reached.', { next: 'Try again: depin doctor --attack', details: { verdicts: verdicts.slice(0, 300) } })
  }
  return targets.map(({ what, tier, expected }, at) => ({ what, tier, expected, outcome: verdicts[at] === 'y' ? 'reached' : 'refused' }))
}

async function clearAway(engine: ContainerEngine, owners: readonly Owner[]): Promise<void> {
  await settleAll(owners.map(async (owner) => {
    const containers = (await engine.listContainers(owner.node)).filter((container) => container.owner.leaseId === owner.leaseId)
    await settleAll(containers.map(({ id }) => engine.removeContainer(id)))
    await engine.removePods(owner)
    await engine.removeNetwork(owner)
  }))
}

/** On every address of both kinds; whoever comes is shown the door. */
async function listenEverywhere(): Promise<Server> {
  for (const host of ['::', '0.0.0.0']) {
    const server = createServer((socket) => void socket.on('error', () => undefined).destroy()).listen(0, host)
    const isListening = await once(server, 'listening').then(() => true, () => false)
    if (isListening) return server
  }
  throw new DepinError('E_INTERNAL', 'This machine lets nobody listen, so it cannot be attacked.')
}

function hostAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  // an address of one cable only names no target without the cable
  return all.filter(({ internal, address }) => !internal && !address.startsWith('fe80:')).map(({ address }) => address)
}

/** The default route, where the kernel tells it (proc(5), /proc/net/route: addresses as hexadecimal, lowest byte first). */
async function lanGateway(): Promise<string | null> {
  const table = await readFile('/proc/net/route', 'utf8').catch(() => '')
  const [, , gateway] = table.split('\n').map((line) => line.split('\t')).find(([, destination]) => destination === '00000000') ?? []
  return gateway === undefined || !/^[0-9A-F]{8}$/.test(gateway) ? null : [...Buffer.from(gateway, 'hex')].reverse().join('.')
}

function addressOf({ address }: PodInfo): string {
  if (address === null) throw new DepinError('E_ENGINE', 'A pod of the attack has no address.')
  return address
}

function gatewayOf({ gateway }: PodInfo): string {
  if (gateway === null) throw new DepinError('E_ENGINE', 'A pod of the attack has no gateway.')
  return gateway
}
