import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { TestService } from '../e2e/harness/service.ts'
import { root } from '../scripts/setup/root.mjs'
import { Testnet } from '../service/testing/testnet.ts'
import { until } from '../service/testing/wait.ts'
import { memoryOf, processorMs, residentMiB } from './harness/process-use.ts'
import { figure, inRounds, median } from './harness/rounds.ts'
import type { Benchmark, BenchRun, Findings } from './harness/types.ts'

const rounds = 5
const peers = 20
const settleMs = 10_000
const aloneMs = 30_000
/** Peers that have just come ask and are asked a lot: this long it is a rush, and told apart. */
const rushMs = 60_000
/** Whatever a node does now and then it does at least once in this time. */
const idleMs = 120_000
const bundle = pathToFileURL(join(root, 'dist/service/entry.mjs')).href
const bareNode = 'process.stdout.write("ready\\n"); setInterval(() => undefined, 60_000)'

export const service: Benchmark = {
  name: 'service',
  about: `one built service: how soon it is ready, and what it takes while idle with ${peers} peers`,
  needs: ['engine'],
  async run(bench) {
    const ready = await howSoonReady(bench)
    const idle = await whatIdleTakes(bench)
    return { figures: [...ready.figures, ...idle.figures], breakdowns: [...ready.breakdowns, ...idle.breakdowns] }
  },
}

async function howSoonReady({ say, signal }: BenchRun): Promise<Findings> {
  say(`ready: ${rounds} rounds`)
  const kept = await TestService.create()
  try {
    const samples = await inRounds(rounds, {
      bare: () => startOf(bareNode),
      imported: () => startOf(`await import(${JSON.stringify(bundle)}); ${bareNode}`),
      again: () => startAndStop(kept),
      first: () => firstStart(),
    }, signal)
    const bare = { name: 'bare Node', values: samples.bare }
    const target = { of: 'value', atMost: 2_000 } as const
    const [node, imported, again] = [median(samples.bare), median(samples.imported), median(samples.again)]
    return {
      figures: [figure('ready', 'ms', samples.again, bare, target), figure('ready, the very first time', 'ms', samples.first, bare, target)],
      breakdowns: [{ name: 'ready', unit: 'ms', parts: [
        { name: 'bare Node', value: node }, { name: 'the bundle loaded', value: imported - node }, { name: 'the node started', value: again - imported },
      ] }],
    }
  } finally {
    await kept.dispose()
  }
}

async function whatIdleTakes({ say }: BenchRun): Promise<Findings> {
  say(`idle: ${peers} peers`)
  const bare = await residentWhenStarted(bareNode)
  const imported = await residentWhenStarted(`await import(${JSON.stringify(bundle)}); ${bareNode}`)
  await using net = await Testnet.start({ nodes: peers, transport: 'tcp' })
  const node = await TestService.create({ DEPIN_NETWORK: net.networkName })
  try {
    await node.start('--share')
    await sleep(settleMs)
    const alone = await watch(node.pid, aloneMs)
    const { link } = await node.json<{ link: string }>('invite')
    await Promise.all(net.nodes.map((peer) => peer.node.network.join(link)))
    await until(`${peers} peers are connected`, async () => (await node.json<{ connectedPeers: number }>('status')).connectedPeers === peers)
    const rush = await watch(node.pid, rushMs)
    const idle = await watch(node.pid, idleMs)
    const { ownMiB, fileMiB } = memoryOf(node.pid)
    const bareMiB = { name: 'bare Node', values: [bare] }
    const alonePercent = { name: 'without peers', values: [alone.percent] }
    return {
      figures: [
        figure('resident, 2nd and 3rd minute', 'MiB', [idle.residentMiB], bareMiB, { of: 'value', atMost: 150 }),
        figure('  at most, from the 1st on', 'MiB', [Math.max(rush.mostMiB, idle.mostMiB)], bareMiB),
        figure('processor, 2nd and 3rd minute', '% of a core', [idle.percent], alonePercent, { of: 'value', atMost: 1 }),
        figure('  1st minute after they joined', '% of a core', [rush.percent], alonePercent),
      ],
      breakdowns: [
        { name: 'resident', unit: 'MiB', parts: [
          { name: 'bare Node', value: bare }, { name: 'the bundle loaded', value: imported - bare },
          { name: 'the running node', value: alone.residentMiB - imported }, { name: `${peers} peers`, value: idle.residentMiB - alone.residentMiB },
        ] },
        { name: 'resident, by kind', unit: 'MiB', parts: [{ name: 'mapped files, shared with all Node processes', value: fileMiB }, { name: 'its own', value: ownMiB }] },
      ],
    }
  } finally {
    await node.dispose()
  }
}

interface Taken {
  residentMiB: number
  mostMiB: number
  percent: number
}

/** What a process takes from now on. */
async function watch(pid: number, forMs: number): Promise<Taken> {
  const before = processorMs(pid)
  const startedMs = performance.now()
  const samples: number[] = []
  while (performance.now() - startedMs < forMs) {
    samples.push(residentMiB(pid))
    await sleep(1_000)
  }
  return { residentMiB: median(samples), mostMiB: Math.max(...samples), percent: (processorMs(pid) - before) / (performance.now() - startedMs) * 100 }
}

async function startAndStop(service: TestService): Promise<number> {
  const startedMs = performance.now()
  await service.start()
  const tookMs = performance.now() - startedMs
  await service.stop()
  return tookMs
}

async function firstStart(): Promise<number> {
  const fresh = await TestService.create()
  try {
    return await startAndStop(fresh)
  } finally {
    await fresh.dispose()
  }
}

async function startOf(script: string): Promise<number> {
  const startedMs = performance.now()
  return await withScript(script, () => Promise.resolve(performance.now() - startedMs))
}

async function residentWhenStarted(script: string): Promise<number> {
  return await withScript(script, async (pid) => {
    await sleep(1_000)
    return residentMiB(pid)
  })
}

/** Runs a script in a process of its own until it says `ready`. */
async function withScript(script: string, work: (pid: number) => Promise<number>): Promise<number> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  try {
    return await work(child.pid ?? 0)
  } finally {
    child.kill()
    await once(child, 'exit')
  }
}
