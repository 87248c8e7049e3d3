import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type Connection } from '../cli/connection.ts'
import { busyboxImage } from '../service/testing/engine-images.ts'
import { bundleOf } from '../service/testing/testnet.ts'
import { until } from '../service/testing/wait.ts'
import { createPair, type Pair } from './harness/pair.ts'
import { processorMs, residentMiB } from './harness/process-use.ts'
import { figure, median } from './harness/rounds.ts'
import type { Benchmark } from './harness/types.ts'

const leases = 50
const rounds = 7
/** Made at once on the way to fifty. */
const atOnce = 4
const settleMs = 10_000
/** All that is done now and then for a lease is done at least once in this time. */
const watchMs = 60_000
type Client = Connection['client']

const composeOf = (name: string): string => `
name: ${name}
services:
  app:
    image: ${busyboxImage.ref}
    cpus: 0.02
    mem_limit: 16m
    x-depin:
      disk: 16m
`

export const manyLeases: Benchmark = {
  name: 'leases',
  about: `${leases} leases of a light app on one host: what they take of its service, and how soon one more starts`,
  needs: ['engine', 'busybox'],
  async run({ say, signal }) {
    await using pair = await createPair()
    await pair.provider.json('share', 'set', '--cpu', '1.5', '--memory', '2g', '--disk', '4g')
    const { pid } = pair.provider
    const tenant = await connect(pair.tenant.dataDir)
    try {
      const { client } = tenant
      await sleep(settleMs)
      say(`${rounds} orders on a host without guests`)
      const alone = await startTimes(pair, client, signal)
      const without = await watch(pid)
      say(`${leases} leases`)
      await startMany(client, signal)
      await sleep(settleMs)
      const withAll = await watch(pid)
      say(`${rounds} orders beside ${leases - 1} leases`)
      await remove(pair, client, nameOf(leases - 1))
      const among = await startTimes(pair, client, signal)
      return {
        figures: [
          figure(`processor, ${leases} leases`, '% of a core', [withAll.percent], { name: 'no lease', values: [without.percent] }, { of: 'value', atMost: 2 }),
          figure('order to running, 50th lease', 'ms', among, { name: 'the only one', values: alone }, { of: 'ratio', atMost: 1.5 }),
          figure(`resident, ${leases} leases`, 'MiB', [withAll.residentMiB], { name: 'no lease', values: [without.residentMiB] }),
        ],
        breakdowns: [],
      }
    } finally {
      tenant.close()
    }
  },
}

const nameOf = (index: number): string => `lease-${index}`

/** How soon one lease runs, again and again; each is removed before the next. The first warms up. */
async function startTimes(pair: Pair, client: Client, signal: AbortSignal): Promise<number[]> {
  const times: number[] = []
  for (let round = 0; round <= rounds; round++) {
    signal.throwIfAborted()
    const startedMs = performance.now()
    await startOne(client, 'one-more')
    if (round > 0) times.push(performance.now() - startedMs)
    await remove(pair, client, 'one-more')
  }
  return times
}

async function startMany(client: Client, signal: AbortSignal): Promise<void> {
  const names = Array.from({ length: leases }, (_, index) => nameOf(index)).values()
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (const name of names) {
      signal.throwIfAborted()
      await startOne(client, name)
    }
  }))
}

async function startOne(client: Client, app: string): Promise<void> {
  const { name } = await client.deployments.create({ bundle: bundleOf(composeOf(app)), options: {} })
  for await (const event of await client.deployments.watch()) {
    const items = event.kind === 'all' ? event.items : event.kind === 'put' ? [event.item] : []
    const found = items.find((each) => each.name === name)
    if (found?.state === 'running') return
    if (found?.state === 'failed') throw new Error(`${name} failed: ${found.why ?? 'nobody knows why'}`)
  }
  throw new Error(`the service stopped telling of ${name}`)
}

/** Until the host has nothing of it left. */
async function remove({ world, provider }: Pair, client: Client, name: string): Promise<void> {
  const filters = { label: [`io.depin.node=${provider.peerId}`] }
  const deployed = await client.deployments.get({ name })
  const leaseIds = deployed.replicas.flatMap(({ leaseId }) => leaseId ?? [])
  await client.deployments.remove({ name })
  await until(`nothing is left of ${name}`, async () => {
    const left = await world.docker.listContainers({ all: true, filters })
    return !left.some(({ Labels }) => leaseIds.includes(Labels['io.depin.lease'] ?? ''))
  })
}

async function watch(pid: number): Promise<{ percent: number, residentMiB: number }> {
  const [before, startedMs] = [processorMs(pid), performance.now()]
  const samples: number[] = []
  while (performance.now() - startedMs < watchMs) {
    samples.push(residentMiB(pid))
    await sleep(1_000)
  }
  return { percent: (processorMs(pid) - before) / (performance.now() - startedMs) * 100, residentMiB: median(samples) }
}
