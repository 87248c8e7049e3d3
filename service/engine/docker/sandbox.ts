import type { EngineStatus } from '../../../contract/nouns/node.ts'
import { type Clock, randomHex, type Rng, withDeadline } from '../../base/index.ts'
import { ensureGuardImage, probeEntrypoint } from '../guard/image.ts'
import type { ContainerEngine, Owner } from '../types.ts'

type Ready = Extract<EngineStatus, { state: 'ready' }>

const deadlineMs = 30_000
const caps = { rateKbit: 1000, maxFlows: 1, newDestinationsPerSecond: 1, namesPerSecond: 2000 }

/**
 * Whether a container with the sandbox's runtime runs at all, in a pod as every guest's: engines list runtimes that are
 * not installed, or cannot work on this machine. Leaves nothing behind.
 */
export async function hasSandbox(engine: ContainerEngine, deps: { clock: Clock, rng: Rng }): Promise<boolean> {
  const owner: Owner = { node: `canary-${randomHex(deps.rng, 8)}`, leaseId: 'canary' }
  try {
    return await withDeadline(deps.clock, 'the sandbox', deadlineMs, (signal) => tryOut(engine, owner, signal))
  } catch {
    return false
  } finally {
    await clearAway(engine, owner).catch(() => undefined)
  }
}

async function tryOut(engine: ContainerEngine, owner: Owner, signal: AbortSignal): Promise<boolean> {
  const { id: imageId } = await ensureGuardImage(engine, signal)
  await engine.ensurePod({ owner, service: 'canary', alone: false, hostname: null, aliases: [], ports: [], policy: { egress: { tier: 'none' }, denied: [], caps } })
  const { id } = await engine.createContainer({
    owner, service: 'canary', imageId, entrypoint: [...probeEntrypoint], command: ['r', 'p'], env: {}, workingDir: null, user: null, ports: [], volumes: [], tmpfs: [],
    healthcheck: null, limits: { cpuMilli: 500, memoryMiB: 64, pids: 32 }, shmMiB: null, init: false, tty: false, stdinOpen: false, stopSignal: null, stopGraceMs: 0,
  })
  await engine.start(id)
  let text = ''
  for await (const chunk of engine.logs(id, { follow: true, tailLines: 5, signal })) text += chunk.text
  return text === 'nn\n'
}

async function clearAway(engine: ContainerEngine, owner: Owner): Promise<void> {
  for (const { id } of await engine.listContainers(owner.node)) await engine.removeContainer(id)
  await engine.removePods(owner)
  await engine.removeNetwork(owner)
}

/** What is said, and offered, of an engine that lists a sandbox and cannot run one. */
export function withoutSandbox(status: Ready, level: Ready['isolation']): Ready {
  return { ...status, isolation: level, doubts: [...status.doubts ?? [], 'It lists the sandbox runsc, which does not run here: guests get hardened containers.'] }
}
