import { examine } from '../../health/index.ts'
import type { Peer } from '../../../contract/nouns/node.ts'
import type { PeerInfo } from '../../network/types.ts'
import { watchValue } from '../watch.ts'
import { type HandlerDeps, onEvents, os } from './deps.ts'

export function nodeHandlers(deps: HandlerDeps) {
  return {
    status: os.node.status.handler(() => deps.status()),
    watch: os.node.watch.handler(({ signal }) => watchValue({
      subscribe: onEvents(deps.bus, ['sharing-changed', 'engine-changed', 'peer-changed', 'lease-changed', 'deployment-changed']),
      read: () => deps.status(),
      signal,
      pace: { clock: deps.clock, minIntervalMs: 200 },
    })),
    peers: os.node.peers.handler(async () => (await deps.network.peers()).map((peer) => describePeer(deps, peer))),
    invite: os.node.invite.handler(({ input }) => deps.network.createInvite(input.validForMs)),
    join: os.node.join.handler(async ({ input }) => describePeer(deps, await deps.network.join(input.link))),
    retryEngine: os.node.retryEngine.handler(async () => {
      await deps.engine.retry()
      return deps.status()
    }),
    dashboard: os.node.dashboard.handler(() => ({ url: deps.dashboardUrl() })),
    stop: os.node.stop.handler(() => {
      deps.requestStop()
      return {}
    }),
  }
}

export function doctorHandlers(deps: HandlerDeps) {
  return {
    run: os.doctor.run.handler(async () => examine(await deps.healthFacts())),
    attack: os.doctor.attack.handler(async () => {
      const port = Number(new URL(deps.dashboardUrl() ?? 'http://localhost').port)
      return await deps.workloads.attack(port > 0 ? [port] : [])
    }),
  }
}

function describePeer(deps: HandlerDeps, peer: PeerInfo): Peer {
  const offer = deps.market.offers().find((known) => known.offer.provider === peer.peerId)?.offer
  return { ...peer, label: offer?.label ?? '', region: offer?.region ?? null }
}
