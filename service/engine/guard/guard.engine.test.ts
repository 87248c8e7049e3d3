import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { GuardedNetwork, hello, net, outsidePorts, policyFor, ports, type RunningGuard } from '../../testing/guarded.ts'
import { until } from '../../testing/wait.ts'
import type { NetworkPolicy } from './policy.ts'
import { openingFrames } from './program.ts'
import { rule } from './table.ts'
import { verdict } from './expressions.ts'

const none = policyFor({ tier: 'none' })
const open = policyFor({ tier: 'open', dns: net.gateway })

describe('a namespace with a guard', () => {
  const network = new GuardedNetwork()
  const guards: RunningGuard[] = []
  let service: Server
  let names: UdpSocket
  let asked: string[] = []

  beforeAll(async () => {
    await network.open()
    service = createServer((socket) => socket.end(`${hello}\n`)).listen(0, '::')
    await once(service, 'listening')
    names = createSocket('udp4').bind(53, net.gateway)
    names.on('message', (question, { address, port }) => {
      asked.push(question.subarray(12).toString('latin1'))
      // no such name: whoever was let ask waits for nothing
      names.send(Buffer.concat([question.subarray(0, 2), Buffer.from([0x81, 0x83]), question.subarray(4)]), port, address)
    })
    await once(names, 'listening')
  })
  afterEach(async () => {
    for (const { id, channel } of guards.splice(0)) {
      channel[Symbol.dispose]()
      await network.docker.getContainer(id).remove({ force: true })
    }
  })
  afterAll(async () => {
    service.close()
    names.close()
    await network.close()
  })

  async function guarded(policy: NetworkPolicy): Promise<RunningGuard> {
    const guard = await network.startGuard(policy)
    guards.push(guard)
    return guard
  }

  /** This machine's own addresses, the engine's bridges among them, with a port on which it says hello. */
  function hostTargets(): [string, number][] {
    const { port } = service.address() as AddressInfo
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []).filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    return addresses.map(({ address }): [string, number] => [address, port])
  }
  const world: [string, number][] = [...outsidePorts.map((port): [string, number] => [net.outside, port]), [net.outside6, 80]]
  const say = (targets: readonly (readonly [string, number])[]): string[] => targets.map(([host, port]) => `${host} ${port}`).sort()

  it('would reach everything without one', async () => {
    const reached = await network.reached(network.inside, [...world, ...hostTargets()])
    expect(reached).toEqual(expect.arrayContaining(say([...world, [net.gateway, hostTargets()[0]?.[1] ?? 0]])))
  })

  it('reaches the lease alone in tier none, by name too, and no name is asked of anybody else', async () => {
    const { id, channel } = await guarded(none)
    asked = []
    const reached = await network.reached(id, [
      [net.inside, ports.hello], ...world, ...hostTargets(), [net.gateway, 53], ['169.254.169.254', 80], ['198.18.0.1', 80],
    ])
    expect(reached).toEqual(say([[net.inside, ports.hello]]))
    expect(await network.run(id, 'nslookup -type=a inside')).toContain(net.inside)
    // an app that asks anew for each of many connections
    expect(await network.run(id, 'for at in 1 2 3 4; do (for i in $(seq 150); do nslookup inside > /dev/null || echo lost; done) & done; wait')).toBe('')
    await network.run(id, ['', '127.0.0.11', net.gateway].map((server) => `nslookup secret.example.org ${server} &`).join(' ') + ' wait')
    expect(asked).toEqual([])
    const counted = await channel.counters()
    expect(counted.closed.packets).toBeGreaterThan(0)
    expect(counted.private.packets).toBeGreaterThan(0)
    expect(counted.ipv6.packets).toBeGreaterThan(0)
    expect(counted.mail.packets).toBeGreaterThan(0)
    expect([counted.out.packets, counted.flows.packets, counted.names.packets]).toEqual([0, 0, 0])
  })

  it('reaches the world in tier open, less mail and what worms use, and nothing of this machine', async () => {
    const { id, channel } = await guarded(open)
    asked = []
    const reached = await network.reached(id, [[net.inside, ports.hello], ...world, ...hostTargets(), ['169.254.169.254', 80], ['198.18.0.1', 80]])
    expect(reached).toEqual(say([[net.inside, ports.hello], [net.outside, 80], [net.outside, 443]]))
    await network.run(id, 'nslookup allowed.example.org; true')
    expect(asked.join()).toContain('allowed')
    const counted = await channel.counters()
    expect(counted.mail.packets).toBeGreaterThanOrEqual(3)
    expect(counted.worm.packets).toBeGreaterThanOrEqual(2)
    expect(counted.flows.packets).toBe(2)
    expect(counted.destinations.packets).toBe(2)
    expect(counted.out.bytes).toBeGreaterThan(100)
    expect(counted.in.bytes).toBeGreaterThan(100)
  })

  it('finds no mining pool: neither by its name nor on the ports of stratum', async () => {
    const { id, channel } = await guarded(open)
    asked = []
    await network.run(id, 'nslookup -type=a pool.supportxmr.com & nslookup -type=a example.org & wait')
    expect(asked.join()).toContain('example')
    expect(asked.join()).not.toContain('supportxmr')
    const afterNames = (await channel.counters()).pool.packets
    expect(afterNames).toBeGreaterThan(0)
    await network.run(id, `for port in 3333 14444; do nc -w 1 ${net.outside} $port </dev/null 2>/dev/null; done; true`)
    expect((await channel.counters()).pool.packets - afterNames).toBe(2)
    expect((await channel.counters()).flows.packets).toBe(0)
  })

  it('tells where it has turned to, and not what was said', async () => {
    const { id, channel } = await guarded(open)
    expect(await channel.destinations()).toEqual([])
    await network.reached(id, [[net.outside, 80], [net.outside, 443], [net.outside, 25]])
    expect((await channel.destinations()).map(({ address, port }) => `${address}:${port}`).sort()).toEqual([`${net.outside}:443`, `${net.outside}:80`])
    await network.run(id, `for i in $(seq 8000 8400); do nc -w 1 ${net.outside} $i </dev/null 2>/dev/null & done; wait`)
    expect((await channel.destinations()).length).toBeGreaterThan(200)
  })

  it('is denied what the owner denies, in every tier', async () => {
    const { id } = await guarded({ ...open, denied: ['11.77.5.96/27', 'fd00::1'] })
    expect(await network.reached(id, [[net.outside, 80]])).toEqual([])
  })

  it('changes its policy while it runs, and what was open is cut', async () => {
    const { id, channel } = await guarded(open)
    const download = await network.runOn(id, `nc ${net.outside} ${ports.source} > /dev/null`)
    await until('the download has begun', async () => (await channel.counters()).in.bytes > 100_000)
    await channel.setPolicy(none)
    const after = await channel.counters()
    await until('the other side has tried again', async () => (await channel.counters()).uninvited.packets > after.uninvited.packets + 1)
    await download.remove()
    expect(await network.reached(id, [[net.outside, 80]])).toEqual([])
    expect((await channel.counters()).in).toEqual(after.in)
    expect(after.flows.packets).toBe(1)
    await channel.setPolicy(open)
    expect(await network.reached(id, [[net.outside, 80]])).toEqual(say([[net.outside, 80]]))
  })

  it('is reached from this machine on the ports of its programs, and by nobody else', async () => {
    const { id } = await guarded(none)
    const served = await network.runOn(id, `nc -ll -p 8080 -e echo ${hello} & nc -ll -p 8081 -e echo ${hello} & wait`)
    const { NetworkSettings } = await network.docker.getContainer(id).inspect()
    const published = (port: number): number => Number(NetworkSettings.Ports[`${port}/tcp`]?.[0]?.HostPort)
    const answer = await until('the program listens', async () => {
      const got = await fetchText(published(8080))
      return got === '' ? null : got
    })
    expect(answer).toBe(`${hello}\n`)
    expect(await network.reached(network.inside, [[net.guard, 8080]])).toEqual(say([[net.guard, 8080]]))
    expect(await fetchText(published(8081))).toBe('')
    expect(await network.reached(network.outside, [[net.guard, 8080]])).toEqual([])
    await served.remove()
  })

  it('sends from no address but its own', async () => {
    const { id, channel } = await guarded(open)
    const script = `ip addr add 11.77.5.77/32 dev eth0 && ip route add ${net.outside} dev eth0 src 11.77.5.77 && echo ready; nc -w 1 ${net.outside} 80 </dev/null`
    expect(await network.run(id, script, ['NET_ADMIN'])).toBe('ready\n')
    expect((await channel.counters()).spoof.packets).toBeGreaterThan(0)
    expect((await channel.counters()).flows.packets).toBe(0)
  })

  it('finds no more new destinations in a second than it may, and holds no more connections', async () => {
    const { id, channel } = await guarded(policyFor({ tier: 'open', dns: null }, { newDestinationsPerSecond: 5 }))
    await network.run(id, `for i in $(seq 8000 8200); do nc -w 1 ${net.outside} $i </dev/null 2>/dev/null & done; wait`)
    const scanned = await channel.counters()
    expect(scanned.scan.packets).toBeGreaterThan(100)
    expect(scanned.destinations.packets).toBeLessThan(60)
    await channel.setPolicy(policyFor({ tier: 'open', dns: null }, { maxFlows: 5 }))
    const holding = await network.runOn(id, `for i in $(seq 12); do sleep 60 | nc ${net.outside} ${ports.hold} & done; wait`)
    const held = await until('the limit is met', async () => {
      const counted = await channel.counters()
      return counted.flood.packets >= 7 && counted
    })
    expect(held.flows.packets - scanned.flows.packets).toBe(5)
    await holding.remove()
  })

  it('is held to its rate both ways, its own network left out', async () => {
    const { id, queues } = await guarded(policyFor({ tier: 'open', dns: null }, { rateKbit: 16_000 }))
    expect(queues).toBe(true)
    const kilobytesPerSecond = async (script: string, megabytes: number): Promise<number> => {
      const output = await network.run(id, `start=$(cut -d' ' -f1 /proc/uptime); ${script} > /dev/null; echo $start $(cut -d' ' -f1 /proc/uptime)`)
      const [start = 0, end = 0] = output.split(' ').map(Number)
      return megabytes * 1000 / (end - start)
    }
    const down = await kilobytesPerSecond(`nc ${net.outside} ${ports.source} </dev/null | head -c 4000000`, 4)
    const up = await kilobytesPerSecond(`head -c 4000000 /dev/zero | nc ${net.outside} ${ports.sink}`, 4)
    const within = await kilobytesPerSecond(`nc ${net.inside} ${ports.source} </dev/null | head -c 40000000`, 40)
    for (const speed of [down, up]) {
      expect(speed).toBeGreaterThan(1000)
      expect(speed).toBeLessThan(2300)
    }
    expect(within).toBeGreaterThan(6000)
  })

  it('does not begin where the kernel refuses a rule, and nothing can join it', async () => {
    const [rules, links] = openingFrames(open)
    const bad = { ...rules, messages: [...rules.messages.slice(0, -1), rule('nowhere', 'a rule of no chain', verdict('accept')), ...rules.messages.slice(-1)] }
    const guard = await network.createGuard([bad, links])
    try {
      using channel = await network.attach(guard.id)
      await guard.start()
      await expect(channel.ready()).rejects.toMatchObject({ code: 'E_ENGINE', message: expect.stringContaining(`message ${bad.messages.length - 1} refused: error 2`) as string })
      expect((await guard.wait()).StatusCode).toBe(1)
      await expect(network.run(guard.id, 'true')).rejects.toMatchObject({ statusCode: 409 })
    } finally {
      await guard.remove()
    }
  })

  it('keeps the policy that it has when a change is refused, and says what was', async () => {
    const { id, channel } = await guarded(none)
    const [rules] = openingFrames(open)
    const bad = { ...rules, messages: [...rules.messages.slice(0, -1), rule('nowhere', 'a rule of no chain', verdict('accept')), ...rules.messages.slice(-1)] }
    await expect(channel.apply(bad)).rejects.toMatchObject({ code: 'E_ENGINE', message: expect.stringContaining('a rule of no chain') as string })
    expect(await network.reached(id, [[net.outside, 80], [net.inside, ports.hello]])).toEqual(say([[net.inside, ports.hello]]))
  })

  it('is found again by another service, even when the first one ended in the middle of a sentence', async () => {
    const { id, channel } = await guarded(none)
    channel[Symbol.dispose]()
    const rude = await network.rawAttach(id)
    rude.write(Buffer.from('GRD1half'))
    rude.destroy()
    using next = await network.attach(id)
    // what came first is neither a frame nor the beginning of this one: the guard waits until nobody goes on with it
    const counted = await until('the guard listens again', async () => await next.counters().catch(() => null))
    expect(counted.out.packets).toBe(0)
    await next.setPolicy(open)
    expect(await network.reached(id, [[net.outside, 80]])).toEqual(say([[net.outside, 80]]))
  })

  it('ends at once when it is asked to', async () => {
    const { id } = await guarded(none)
    const startedMs = performance.now()
    await network.docker.getContainer(id).stop({ t: 10 })
    expect(performance.now() - startedMs).toBeLessThan(5000)
    expect((await network.docker.getContainer(id).inspect()).State.ExitCode).toBe(0)
  })
})

/** What is said on a port of this machine before the connection ends; nothing where it is not taken. */
async function fetchText(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, timeout: 1500 })
  socket.on('timeout', () => socket.destroy(new Error('no answer')))
  return await text(socket).catch(() => '')
}
