import type { ContainerInfo, PodInfo } from '../engine/types.ts'

/** The services whose containers are in a network that is gone: their pod's guard has ended, or was started after them. */
export function cutOff(containers: readonly ContainerInfo[], pods: readonly PodInfo[]): Set<string> {
  const alive = containers.filter(({ state }) => state === 'running' || state === 'paused')
  return new Set(alive.flatMap(({ owner, service, startedAtMs }) => {
    const pod = pods.find((each) => each.owner.leaseId === owner.leaseId && each.service === service)
    const isJoined = pod?.isRunning === true && (pod.startedAtMs ?? 0) <= (startedAtMs ?? Infinity)
    return isJoined ? [] : [service]
  }))
}
