import { availableParallelism } from 'node:os'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type Connection } from '../cli/connection.ts'
import type { Allowance } from '../contract/nouns/owner.ts'
import { busyboxImage } from '../service/testing/engine-images.ts'
import { bundleOf } from '../service/testing/testnet.ts'
import { until } from '../service/testing/wait.ts'
import { countOnAllCores } from './harness/foreground.ts'
import { createPair, type Pair } from './harness/pair.ts'
import { figure, inRounds } from './harness/rounds.ts'
import type { Benchmark, Figure } from './harness/types.ts'

const rounds = 9
const cores = availableParallelism()
const measureMs = 2_000
/** The promise is about what is so this long after the owner is back, ms. */
const reactionMs = 1_000
const writes = 2_000
const spin = Array.from({ length: cores }, () => 'while :; do :; done &').join(' ')
const composeFile = `
name: greedy
services:
  spin:
    image: ${busyboxImage.ref}
    command: ["sh", "-c", "${spin} wait"]
    cpus: ${cores - 0.5}
    mem_limit: 64m
  write:
    image: ${busyboxImage.ref}
    command: ["sh", "-c", "while :; do dd if=/dev/zero of=/data/x bs=64k count=128 conv=fsync 2>/dev/null; done"]
    cpus: 0.5
    mem_limit: 64m
    volumes: ["data:/data"]
volumes: { data: {} }
`

export const ownerFirst: Benchmark = {
  name: 'owner-first',
  about: 'the owner’s own work beside guests that use all they may: its speed, and how long a write to disk takes',
  needs: ['engine', 'busybox'],
  async run({ say, signal }) {
    await using pair = await createPair()
    const [host, tenant] = await Promise.all([connect(pair.provider.dataDir), connect(pair.tenant.dataDir)])
    try {
      await host.client.share.set({ limits: { cpuMilli: cores * 1000 } })
      const scene = createScene(pair, host, tenant)
      say(`${rounds} rounds of work on ${cores} cores`)
      const speed = await inRounds(rounds, scene(() => countOnAllCores(measureMs)), signal)
      say(`${rounds} rounds of writing`)
      const disk = await inRounds(rounds, scene(() => slowWriteMs(pair.provider.dataDir)), signal)
      return { figures: [...speedFigures(speed), ...diskFigures(disk)], breakdowns: [] }
    } finally {
      host.close()
      tenant.close()
    }
  },
}

type Scene = Record<'alone' | 'unheeded' | 'heldBack' | 'asleep', () => Promise<number>>

/** The same measurement on a machine without guests, and beside them under three rules. */
function createScene(pair: Pair, host: Connection, tenant: Connection): (measure: () => Promise<number>) => Scene {
  const names = async (): Promise<string[]> => (await tenant.client.deployments.list()).map((app) => app.name)
  const remove = async (): Promise<void> => { for (const name of await names()) await tenant.client.deployments.remove({ name }) }

  async function beside(inUse: Allowance, measure: () => Promise<number>): Promise<number> {
    await host.client.share.set({ rules: { inUse, idleMinutes: 1 } })
    await host.client.share.signals({ idleMs: 3_600_000 })
    if ((await names()).length === 0) await tenant.client.deployments.create({ bundle: bundleOf(composeFile), options: {} })
    await until('guests run', async () => (await tenant.client.deployments.list())[0]?.state === 'running', 120_000)
    await host.client.share.signals({ idleMs: 0 })
    await sleep(reactionMs)
    return await measure()
  }

  return (measure) => ({
    alone: async () => {
      await remove()
      await until('guests are gone', async () => (await pair.world.leftovers(pair.provider)).length === 0, 60_000)
      return await measure()
    },
    unheeded: () => beside(100, measure),
    heldBack: () => beside(25, measure),
    asleep: () => beside('asleep', measure),
  })
}

/** The 99th percentile of small writes that must reach the disk, ms. */
async function slowWriteMs(folder: string): Promise<number> {
  const path = join(folder, 'bench-writes')
  const file = await open(path, 'w')
  const block = Buffer.alloc(4096, 1)
  const tookMs: number[] = []
  try {
    for (let at = 0; at < writes; at++) {
      const beganMs = performance.now()
      await file.write(block, 0, block.length, at * block.length)
      await file.datasync()
      tookMs.push(performance.now() - beganMs)
    }
  } finally {
    await file.close()
    await rm(path, { force: true })
  }
  return tookMs.toSorted((a, b) => a - b)[Math.floor(writes * 0.99)] ?? Number.NaN
}

type Samples = Record<keyof Scene, number[]>

function speedFigures({ alone, unheeded, heldBack, asleep }: Samples): Figure[] {
  const baseline = { name: 'without guests', values: alone }
  return [
    figure('work beside guests by weight alone', 'rounds/s', unheeded, baseline),
    figure('work, guests held back to a quarter', 'rounds/s', heldBack, baseline, { of: 'ratio', atLeast: 0.97 }),
    figure('work, guests asleep', 'rounds/s', asleep, baseline, { of: 'ratio', atLeast: 0.99 }),
  ]
}

function diskFigures({ alone, unheeded, heldBack, asleep }: Samples): Figure[] {
  const baseline = { name: 'without guests', values: alone }
  return [
    figure('p99 of a write beside guests by weight alone', 'ms', unheeded, baseline),
    figure('p99 of a write, guests held back to a quarter', 'ms', heldBack, baseline, { of: 'ratio', atMost: 1.2 }),
    figure('p99 of a write, guests asleep', 'ms', asleep, baseline, { of: 'ratio', atMost: 1.2 }),
  ]
}
