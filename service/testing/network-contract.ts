import { afterAll, beforeAll, describe } from 'vitest'
import { describeBytes } from './network-contract/bytes.ts'
import { describePeers } from './network-contract/peers.ts'
import { describeRequests } from './network-contract/requests.ts'
import { describeStreams } from './network-contract/streams.ts'
import type { Pair } from './network-contract/pair.ts'
import { NetworkBench } from './network-nodes.ts'

/** What every `Network` promises, whatever is below it. */
export function describeNetwork(transport: 'tcp' | 'memory'): void {
  describe(`the network over ${transport}`, () => {
    const bench = new NetworkBench(transport)
    const pair: Pair = { bench } as Pair
    beforeAll(async () => {
      const [far, near] = await bench.star(2)
      Object.assign(pair, { near: near!.network, far: far!.network })
    })
    afterAll(() => bench.clear())

    describePeers(pair)
    for (const who of ['another node', 'itself'] as const) {
      describe(`with ${who}`, () => {
        describeRequests(pair, who)
        describeStreams(pair, who)
        describeBytes(pair, who)
      })
    }
  })
}
