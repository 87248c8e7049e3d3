import type { Deployment } from '../contract/nouns/deployment.ts'
import { until } from '../service/testing/wait.ts'
import { connectionsPerSecond, downloadRate, type Load, requestsPerSecond, uploadRate } from './harness/load.ts'
import { createPair, type Pair } from './harness/pair.ts'
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
  measure: (port: number, load: Load) => Promise<number>
}

const ways: readonly Way[] = [
  { name: 'download, 1 connection', unit: 'MB/s', per: 1e6, load: { connections: 1, forMs }, measure: downloadRate },
  { name: 'download, 8 connections', unit: 'MB/s', per: 1e6, load: { connections: 8, forMs }, measure: downloadRate },
  { name: 'upload, 1 connection', unit: 'MB/s', per: 1e6, load: { connections: 1, forMs }, measure: uploadRate },
  { name: 'requests, 1 connection', unit: 'requests/s', per: 1, load: { connections: 1, forMs }, measure: requestsPerSecond },
  { name: 'requests, 16 connections', unit: 'requests/s', per: 1, load: { connections: 16, forMs }, measure: requestsPerSecond },
  { name: 'a connection a request, 8 at once', unit: 'connections/s', per: 1, load: { connections: 8, forMs }, measure: connectionsPerSecond },
]

export const tunnel: Benchmark = {
  name: 'tunnel',
  about: '`depin forward` beside a direct connection and `ssh -L`, all to the same port of one container',
  needs: ['engine', 'busybox', 'ssh'],
  async run(bench) {
    await using pair = await createPair()
    await using image = await makeServerImage(pair.world.docker)
    const direct = await deploy(pair, image.ref)
    await using ssh = await SshForwards.create()
    const ports = { direct, tunnel: await forward(pair), ssh: await ssh.forward(direct) }
    const figures: Figure[] = []
    for (const way of ways) figures.push(...await compare(way, ports, bench))
    await pair.tenant.json('rm', 'server')
    return { figures, breakdowns: [] }
  },
}

async function compare({ name, unit, per, load, measure }: Way, ports: Record<'direct' | 'tunnel' | 'ssh', number>, { say, signal }: BenchRun): Promise<Figure[]> {
  say(name)
  const rate = (port: number) => async () => await measure(port, load) / per
  const samples = await inRounds(rounds, { direct: rate(ports.direct), tunnel: rate(ports.tunnel), ssh: rate(ports.ssh) }, signal)
  return [
    figure(name, unit, samples.tunnel, { name: 'ssh -L', values: samples.ssh }, { of: 'ratio', atLeast: 1 }),
    figure(name, unit, samples.tunnel, { name: 'direct', values: samples.direct }),
  ]
}

/** @returns the port on this machine by which the engine gives access to the container, as the host itself dials it */
async function deploy({ world, tenant }: Pair, image: string): Promise<number> {
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
  const { NetworkSettings: { Ports: ports } } = await world.docker.getContainer(replicas[0]?.containerIds[0] ?? '').inspect()
  return Number(ports[`${serverPort}/tcp`]?.[0]?.HostPort)
}

async function forward({ world, tenant }: Pair): Promise<number> {
  const command = world.follow(tenant, 'forward', 'server', `web:${serverPort}`, '--json')
  const first = await until('the forward listens', () => command.lines[0])
  return (JSON.parse(first) as { port: number }).port
}
