import type { Deployment } from '../contract/nouns/deployment.ts'
import { until } from '../service/testing/wait.ts'
import { connectionsPerSecond, downloadRate, type Load, requestsPerSecond, type Target, uploadRate } from './harness/load.ts'
import { createPair, type Pair } from './harness/pair.ts'
import { processorMs } from './harness/process-use.ts'
import { figure, inRounds } from './harness/rounds.ts'
import { makeServerImage, serverPort } from './harness/server-image.ts'
import { SshForwards } from './harness/ssh.ts'
import type { Benchmark, BenchRun, Figure, Unit } from './harness/types.ts'

const rounds = 7
const forMs = 1_000

interface Way {
  name: string
  unit: Unit
  /** How much of what is measured makes one of the unit. */
  per: number
  load: Load
  measure: (target: Target, load: Load) => Promise<number>
  /** What processor time is given for, and how much that is of what is measured. */
  cost: { unit: Unit, msPer: number }
}

const bulk = { unit: 'MB/s', per: 1e6, cost: { unit: 'ms/GB', msPer: 1e9 } } as const
const asking = { unit: 'requests/s', per: 1, measure: requestsPerSecond, cost: { unit: 'µs/request', msPer: 1e3 } } as const

const ways: readonly Way[] = [
  { ...bulk, name: 'download, 1 connection', load: { connections: 1, forMs }, measure: downloadRate },
  { ...bulk, name: 'download, 8 connections', load: { connections: 8, forMs }, measure: downloadRate },
  { ...bulk, name: 'upload, 1 connection', load: { connections: 1, forMs }, measure: uploadRate },
  { ...asking, name: 'requests, 1 connection', load: { connections: 1, forMs } },
  { ...asking, name: 'requests, 16 connections', load: { connections: 16, forMs } },
  {
    name: 'a connection a request, 8 at once', unit: 'connections/s', per: 1, load: { connections: 8, forMs }, measure: connectionsPerSecond,
    cost: { unit: 'µs/connection', msPer: 1e3 },
  },
]

/** A way to the container, and the processes that carry the bytes on it. */
interface Route {
  target: Target
  processIds: number[]
}

type Routes = Record<'direct' | 'tunnel' | 'ssh', Route>

export const tunnel: Benchmark = {
  name: 'tunnel',
  about: '`depin forward` beside a direct connection and `ssh -L`, all to the same port of one container',
  needs: ['engine', 'busybox', 'ssh'],
  async run(bench) {
    await using pair = await createPair()
    await using image = await makeServerImage(pair.world.docker)
    const direct = await deploy(pair, image.ref)
    await using ssh = await SshForwards.create()
    const overSsh = await ssh.forward(direct)
    const routes: Routes = {
      direct: { target: direct, processIds: [] },
      tunnel: { target: await forward(pair), processIds: [pair.tenant.pid, pair.provider.pid] },
      ssh: { target: overSsh, processIds: ssh.processIds() },
    }
    const figures: Figure[] = []
    for (const way of ways) figures.push(...await compare(way, routes, bench))
    await pair.tenant.json('rm', 'server')
    return { figures, breakdowns: [] }
  },
}

async function compare(way: Way, routes: Routes, { say, signal }: BenchRun): Promise<Figure[]> {
  const { name, unit, cost } = way
  say(name)
  const costs = { direct: [] as number[], tunnel: [] as number[], ssh: [] as number[] }
  const take = (route: keyof Routes) => async () => {
    const taken = await measureRoute(way, routes[route])
    costs[route].push(taken.cost)
    return taken.rate
  }
  const rates = await inRounds(rounds, { direct: take('direct'), tunnel: take('tunnel'), ssh: take('ssh') }, signal)
  return [
    figure(name, unit, rates.tunnel, { name: 'ssh -L', values: rates.ssh }, { of: 'ratio', atLeast: 1 }),
    figure(name, unit, rates.tunnel, { name: 'direct', values: rates.direct }),
    figure('  processor time of both ends', cost.unit, costs.tunnel.slice(1), { name: 'ssh -L', values: costs.ssh.slice(1) }),
  ]
}

/** The rate, and the processor time that the two ends took for it: that one a busy machine hardly changes. */
async function measureRoute({ measure, load, per, cost }: Way, { target, processIds }: Route): Promise<{ rate: number, cost: number }> {
  const used = (): number => processIds.reduce((sum, pid) => sum + processorMs(pid), 0)
  const [usedBefore, startedMs] = [used(), performance.now()]
  const perSecond = await measure(target, load)
  const cores = (used() - usedBefore) / (performance.now() - startedMs)
  return { rate: perSecond / per, cost: cores * 1000 / perSecond * cost.msPer }
}

/** @returns where the host itself dials the container */
async function deploy({ world, tenant }: Pair, image: string): Promise<Target> {
  const file = await world.file('server.yaml', `
name: server
services:
  web:
    image: ${image}
    ports: ["${serverPort}"]
    mem_limit: 256m
    cpus: 1
`)
  const { replicas } = await tenant.json<Pick<Deployment, 'replicas'>>('deploy', file, '--wait')
  const { HostConfig: { NetworkMode: mode = '' } } = await world.docker.getContainer(replicas[0]?.containerIds[0] ?? '').inspect()
  const { NetworkSettings: { Networks: networks, Ports: ports } } = await world.docker.getContainer(mode.replace('container:', '')).inspect()
  const published = ports[`${serverPort}/tcp`]?.[0]?.HostPort
  if (published !== undefined) return { host: '127.0.0.1', port: Number(published) }
  return { host: Object.values(networks)[0]?.IPAddress ?? '', port: serverPort }
}

async function forward({ world, tenant }: Pair): Promise<Target> {
  const command = world.follow(tenant, 'forward', 'server', `web:${serverPort}`, '--json')
  const first = await until('the forward listens', () => command.lines[0])
  return { host: '127.0.0.1', port: (JSON.parse(first) as { port: number }).port }
}
