import { DepinError } from '../../../contract/errors.ts'
import { containerGone } from '../errors.ts'
import { counterNames, type Counters } from '../guard/counters.ts'
import { networkName, podName } from '../names.ts'
import { guardSpec } from '../spec.ts'
import type { ContainerEngine, Owner, PodInfo } from '../types.ts'
import type { FakeLine } from './call.ts'
import type { FakePod } from './types.ts'
import type { FakeWorld } from './world.ts'

type Pods = Pick<ContainerEngine, 'ensurePod' | 'setPodPolicy' | 'podCounters' | 'podDestinations' | 'listPods' | 'removePods' | 'keepSpares'>

const place = { guardImageId: `sha256:${'0'.repeat(64)}`, peers: { subnet: '10.77.0.0/24', gateway: '10.77.0.1' }, isPublished: true }

export function createFakePods(line: FakeLine): Pods {
  async function find(what: string, podId: string): Promise<FakePod> {
    const pod = [...(await line.ask(what)).pods.values()].find(({ id }) => id === podId)
    if (pod === undefined) throw containerGone(podId)
    if (!pod.isRunning) throw new DepinError('E_ENGINE', 'The guard of a lease\'s network has ended.')
    return pod
  }

  return {
    async ensurePod(request) {
      const world = await line.ask('make a pod')
      const { name } = guardSpec(request, place, { kind: 'docker', seccomp: 'named', runtime: null })
      const known = world.pods.get(name)
      const isSpare = known === undefined && request.alone && (world.spares.get(request.owner.node) ?? 0) > 0
      if (isSpare) world.spares.set(request.owner.node, (world.spares.get(request.owner.node) ?? 0) - 1)
      else if (known === undefined) world.networks.set(networkName(request.owner), { name: networkName(request.owner), owner: request.owner })
      if (known !== undefined) {
        if (!known.isRunning) known.startedAtMs = world.clock.nowMs()
        known.isRunning = true
        known.policy = request.policy
        return infoOf(known)
      }
      const pod = { request, policy: request.policy, id: world.newContainerId(), isRunning: true, startedAtMs: world.clock.nowMs(), counts: {} }
      world.pods.set(name, pod)
      return infoOf(pod)
    },
    setPodPolicy: async (id, policy) => void ((await find('change a pod', id)).policy = policy),
    podCounters: async (id) => countersOf(await find('ask a guard', id)),
    podDestinations: async (id) => [...(await find('ask a guard', id)).destinations ?? []],
    listPods: async (node) => [...(await line.ask('list the pods')).pods.values()].filter(({ request }) => request.owner.node === node).map(infoOf),
    async removePods(owner) {
      const world = await line.ask('remove the pods')
      for (const [name, { request }] of world.pods) if (isOwner(request.owner, owner)) world.pods.delete(name)
    },
    async keepSpares(node, count) {
      (await line.ask('keep pods ready')).spares.set(node, count)
      return count
    },
  }
}

/** The guard ends, and whoever is in its pod has no network any more. */
export function endFakePod(world: FakeWorld, owner: Owner, service: string): void {
  const pod = world.pods.get(podName(owner, service))
  if (pod === undefined) throw new Error(`the fake has no pod of ${service}`)
  pod.isRunning = false
  world.announce(owner.node, { kind: 'container', containerId: pod.id, leaseId: owner.leaseId })
}

function countersOf({ counts }: FakePod): Counters {
  return Object.fromEntries(counterNames.map((name) => [name, counts[name] ?? { packets: 0, bytes: 0 }])) as Counters
}

function isOwner(one: Owner, other: Owner): boolean {
  return one.node === other.node && one.leaseId === other.leaseId
}

function infoOf({ id, request: { owner, service }, isRunning, startedAtMs }: FakePod): PodInfo {
  return { id, owner, service, name: podName(owner, service), isRunning, startedAtMs, address: isRunning ? '10.77.0.2' : null, gateway: isRunning ? place.peers.gateway : null }
}
