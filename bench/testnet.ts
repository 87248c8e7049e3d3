import { Testnet, type TestnetOptions } from '../service/testing/testnet.ts'
import { figure, inRounds } from './harness/rounds.ts'
import type { Benchmark } from './harness/types.ts'

const rounds = 5

export const testnet: Benchmark = {
  name: 'testnet',
  about: 'ten whole nodes in one process, from nothing to all of them running',
  needs: [],
  async run({ say, signal }) {
    say(`${rounds} rounds`)
    const samples = await inRounds(rounds, {
      one: () => start({ nodes: 1 }),
      memory: () => start({ nodes: 10 }),
      tcp: () => start({ nodes: 10, transport: 'tcp' }),
    }, signal)
    const one = { name: 'one node', values: samples.one }
    const target = { of: 'value', atMost: 5_000 } as const
    return {
      figures: [figure('ten nodes, in memory', 'ms', samples.memory, one, target), figure('ten nodes, over TCP', 'ms', samples.tcp, one, target)],
      breakdowns: [],
    }
  },
}

async function start(options: TestnetOptions): Promise<number> {
  const startedMs = performance.now()
  await using _ = await Testnet.start(options)
  return performance.now() - startedMs
}
