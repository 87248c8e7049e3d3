import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { connect, type Connection } from '../cli/connection.ts'
import type { Deployment } from '../contract/nouns/deployment.ts'
import { busyboxImage } from '../service/testing/engine-images.ts'
import { bundleOf } from '../service/testing/testnet.ts'
import { until } from '../service/testing/wait.ts'
import { createPair, type Pair } from './harness/pair.ts'
import { figure, inRounds, median } from './harness/rounds.ts'
import type { Benchmark, Breakdown } from './harness/types.ts'

const rounds = 15
const run = promisify(execFile)
const composeFile = `
name: order
services:
  app:
    image: ${busyboxImage.ref}
`
/** A pod gets its host name when it is made, so none that is ready suits. */
const composeFileCold = `${composeFile.trimEnd()}\n    hostname: own\n`

/** What the engine says of a copy, and what the tenant saw, ms since the order. */
interface Moments {
  network: number
  created: number
  started: number
  told: number
}

export const order: Benchmark = {
  name: 'order',
  about: 'from an order to its process running: two services, one engine, the image present',
  needs: ['engine', 'busybox'],
  async run({ say, signal }) {
    await using pair = await createPair()
    const tenant = await connect(pair.tenant.dataDir)
    try {
      const warmMoments: Moments[] = []
      const coldMoments: Moments[] = []
      const timed = async (file: string, moments: Moments[]): Promise<number> => {
        const taken = await deploy(pair, tenant, file)
        moments.push(taken)
        return taken.told
      }
      say(`${rounds} rounds`)
      await whenPodIsReady(pair)
      const { plain, warm, cold } = await inRounds(rounds, {
        plain: () => dockerRun(pair),
        warm: () => timed(composeFile, warmMoments),
        cold: () => timed(composeFileCold, coldMoments),
      }, signal)
      const baseline = { name: 'docker run -d', values: plain }
      return {
        figures: [
          figure('order to running, in a pod that was ready', 'ms', warm, baseline, { of: 'ratio', atMost: 1 }),
          figure('order to running, in a pod made for it', 'ms', cold, baseline, { of: 'ratio', atMost: 1.6 }),
        ],
        breakdowns: [whereItGoes('in a pod that was ready', warmMoments.slice(1)), whereItGoes('in a pod made for it', coldMoments.slice(1))],
      }
    } finally {
      tenant.close()
    }
  },
}

/** As a person would, with the engine's own command line. */
async function dockerRun({ world }: Pair): Promise<number> {
  const startedMs = performance.now()
  const { stdout } = await run('docker', ['run', '-d', busyboxImage.ref])
  const tookMs = performance.now() - startedMs
  await world.docker.getContainer(stdout.trim()).remove({ force: true })
  return tookMs
}

/** `depin deploy --wait`, from where the command line has read its file, over a connection that is held open. */
async function deploy(pair: Pair, { client }: Connection, file: string): Promise<Moments> {
  const { world, provider } = pair
  const orderedAtMs = Date.now()
  const startedMs = performance.now()
  const { name } = await client.deployments.create({ bundle: bundleOf(file), options: {} })
  const running = await whenRunning(client, name)
  const told = performance.now() - startedMs

  const leaseId = running.replicas[0]?.leaseId ?? ''
  const container = await world.docker.getContainer(running.replicas[0]?.containerIds[0] ?? '').inspect()
  const networks = await world.docker.listNetworks({ filters: { label: [`io.depin.lease=${leaseId}`] } })
  const since = (time: string | undefined): number => Date.parse(time ?? '') - orderedAtMs
  const agreed = networks[0] === undefined ? container.Created : networks[0].Created
  const moments = { network: since(agreed), created: since(container.Created), started: since(container.State.StartedAt), told }

  await client.deployments.remove({ name })
  await until('nothing is left of it', async () => (await world.leftovers(provider)).length === 0)
  // it is made in the background, which must not be what the next round measures
  await whenPodIsReady(pair)
  return moments
}

async function whenPodIsReady({ world, provider }: Pair): Promise<void> {
  const filters = { label: [`io.depin.node=${provider.peerId}`, 'io.depin.spare'] }
  await until('a pod is ready', async () => (await world.docker.listContainers({ filters })).some(({ Names }) => Names.some((name) => name.startsWith('/depin-spare-'))))
}

async function whenRunning(client: Connection['client'], name: string): Promise<Deployment> {
  for await (const event of await client.deployments.watch()) {
    const items = event.kind === 'all' ? event.items : event.kind === 'put' ? [event.item] : []
    const app = items.find((each) => each.name === name)
    if (app?.state === 'running') return app
    if (app?.state === 'failed') throw new Error(`${name} failed: ${app.why ?? 'nobody knows why'}`)
  }
  throw new Error(`the service stopped telling of ${name}`)
}

function whereItGoes(how: string, moments: readonly Moments[]): Breakdown {
  const part = (name: string, of: (moment: Moments) => number): { name: string, value: number } => ({ name, value: median(moments.map(of)) })
  return {
    name: `order to running, ${how}`, unit: 'ms', parts: [
      part('until agreed', ({ network }) => network),
      part('network made', ({ network, created }) => created - network),
      part('container made and started', ({ created, started }) => started - created),
      part('tenant told', ({ started, told }) => told - started),
    ],
  }
}
