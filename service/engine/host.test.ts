import { describe, expect, it } from 'vitest'
import type { EngineStatus } from '../../contract/nouns/node.ts'
import { fakeDeps, type FakeDeps } from '../testing/deps.ts'
import { createFakeDaemon } from './fake.ts'
import type { FakeDaemon } from './fake.ts'
import type { Endpoint } from './endpoint.ts'
import type { Probe } from './finder.ts'
import { EngineWatch } from './host.ts'
import { createSocketFinder, type SocketFinderDeps } from './socket-finder.ts'
import { surveyEngines } from './survey.ts'
import type { EngineHost } from './types.ts'

interface Watched { deps: FakeDeps, daemon: FakeDaemon, host: EngineHost, states: string[] }

async function watch(): Promise<Watched> {
  const deps = fakeDeps()
  const daemon = createFakeDaemon(deps)
  const host = daemon.host()
  const states: string[] = []
  host.onChange(({ state }) => { if (states.at(-1) !== state) states.push(state) })
  await host.start()
  return { deps, daemon, host, states }
}

/** Lets promises that are ready go on; the clock stands still. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

/** Lets time pass in small steps, until the state is reached; how long that took, ms. */
async function msUntil({ deps, host }: Watched, state: EngineStatus['state'], limitMs = 60_000): Promise<number> {
  for (let ms = 0; ms <= limitMs; ms += 100) {
    await settle()
    if (host.status().state === state) return ms
    deps.clock.advance(100)
  }
  throw new Error(`still ${host.status().state} after ${limitMs} ms`)
}

describe('the watch over an engine', () => {
  it('begins ready when there is one', async () => {
    const { host, states } = await watch()
    expect(host.status().state).toBe('ready')
    expect(host.require().status).toEqual(host.status())
    expect(states).toEqual(['ready'])
  })

  it('notices an engine that stops with the next ping, and its return within 5 s', async () => {
    const watched = await watch()
    const { daemon, host, deps } = watched
    const before = host.require()
    await daemon.setState('down')
    expect(await msUntil(watched, 'stopped')).toBeLessThanOrEqual(5000)
    expect(host.status()).toMatchObject({ hung: false })
    expect(() => host.require()).toThrow(expect.objectContaining({ code: 'E_ENGINE_STOPPED' }))
    deps.clock.advance(3_600_000)
    await settle()
    await daemon.setState('up')
    expect(await msUntil(watched, 'ready')).toBeLessThanOrEqual(5000)
    expect(host.require()).not.toBe(before)
    await expect(before.ping()).rejects.toMatchObject({ code: 'E_ENGINE_STOPPED' })
  })

  it('notices an engine that hangs within 20 s, and its return within 5 s', async () => {
    const watched = await watch()
    await watched.daemon.setState('hung')
    const flaggedMs = await msUntil(watched, 'stopped')
    expect(watched.host.status()).toMatchObject({ hung: true })
    expect(flaggedMs).toBeGreaterThan(5000)
    expect(flaggedMs).toBeLessThanOrEqual(20_000)
    await watched.daemon.setState('up')
    expect(await msUntil(watched, 'ready')).toBeLessThanOrEqual(5000)
    expect(watched.states).toEqual(['ready', 'stopped', 'ready'])
  })

  it('lets one late answer pass', async () => {
    const watched = await watch()
    await watched.daemon.setState('hung')
    for (let ms = 0; ms < 11_000; ms += 100) {
      watched.deps.clock.advance(100)
      await settle()
    }
    await watched.daemon.setState('up')
    await settle()
    watched.deps.clock.advance(30_000)
    await settle()
    expect(watched.states).toEqual(['ready'])
  })

  it('keeps since when it is away, and says when it looks again', async () => {
    const watched = await watch()
    await watched.daemon.setState('down')
    await msUntil(watched, 'stopped')
    const first = watched.host.status() as Extract<EngineStatus, { state: 'stopped' }>
    watched.deps.clock.advance(10_000)
    await settle()
    const later = watched.host.status() as Extract<EngineStatus, { state: 'stopped' }>
    expect(later.sinceMs).toBe(first.sinceMs)
    expect(later.nextRetryMs).toBeGreaterThan(watched.deps.clock.nowMs() - 5000)
  })

  it('cuts what is under way when the engine hangs', async () => {
    const watched = await watch()
    const engine = watched.host.require()
    const events = engine.events('node', new AbortController().signal)[Symbol.asyncIterator]()
    const next = expect(events.next()).rejects.toMatchObject({ code: 'E_ENGINE_STOPPED' })
    await watched.daemon.setState('hung')
    const call = expect(engine.listContainers('node')).rejects.toMatchObject({ code: 'E_ENGINE_STOPPED' })
    await msUntil(watched, 'stopped')
    await Promise.all([next, call])
  })

  it('says what is missing, and finds it once it is there', async () => {
    const deps = fakeDeps()
    const daemon = createFakeDaemon(deps)
    await daemon.setState('absent')
    const host = daemon.host()
    await host.start()
    expect(host.status()).toMatchObject({ state: 'missing', install: expect.stringMatching(/./) as string })
    expect(() => host.require()).toThrow(expect.objectContaining({ code: 'E_ENGINE_MISSING' }))
    await daemon.setState('up')
    expect(await host.retry()).toMatchObject({ state: 'ready' })
  })

  it('holds still after a stop', async () => {
    const watched = await watch()
    await watched.host.stop()
    await watched.daemon.setState('down')
    watched.deps.clock.advance(60_000)
    await settle()
    expect(watched.states).toEqual(['ready'])
  })
})

describe('the search in sockets', () => {
  function finderDeps(probes: Record<string, Probe>, installed: readonly string[] = []): SocketFinderDeps {
    return {
      ...fakeDeps(), isRoot: true,
      surroundings: {
        platform: 'linux', env: {}, homeDir: '/root', user: 'amina', readFile: () => Promise.resolve('ID=debian\n'), run: () => Promise.resolve(null),
        hasPath: (path) => Promise.resolve(installed.includes(path)), hasProgram: (name) => Promise.resolve(installed.includes(name)),
      },
      probe: (endpoint: Endpoint) => Promise.resolve(endpoint.kind === 'socket' ? probes[endpoint.path] ?? { state: 'absent', reason: 'there is none' } : { state: 'absent', reason: '' }),
    }
  }
  const { signal } = new AbortController()
  const notAllowed: Probe = { state: 'forbidden', reason: 'you may not use it' }

  it('lists what it tried', async () => {
    const finding = await createSocketFinder('auto', finderDeps({ '/run/podman/podman.sock': { state: 'unfit', reason: 'is old' } })).find(null, signal)
    expect(finding).toMatchObject({ state: 'missing', install: 'apt-get install -y docker.io' })
    expect(finding).toMatchObject({ tried: expect.arrayContaining(['unix:///var/run/docker.sock: there is none', 'unix:///run/podman/podman.sock: is old']) as string[] })
  })

  it('tells a silent engine from none, and a forbidden one from both', async () => {
    const silent = await createSocketFinder('auto', finderDeps({ '/var/run/docker.sock': { state: 'silent', reason: 'refuses connections' } })).find(null, signal)
    expect(silent).toMatchObject({ state: 'silent', socket: 'unix:///var/run/docker.sock' })
    const hung = await createSocketFinder('auto', finderDeps({ '/var/run/docker.sock': { state: 'hung', reason: 'does not answer' } })).find(null, signal)
    expect(hung).toMatchObject({ state: 'hung', socket: 'unix:///var/run/docker.sock' })
    const forbidden = await createSocketFinder('auto', finderDeps({ '/var/run/docker.sock': notAllowed })).find(null, signal)
    expect(forbidden).toMatchObject({ state: 'forbidden', socket: 'unix:///var/run/docker.sock', fix: expect.stringContaining('usermod -aG docker amina') as string })
  })

  it('tells an engine that is installed and does not run from none', async () => {
    const absent = { '/var/run/docker.sock': { state: 'absent', reason: 'there is none' } } as const
    const asleep = { state: 'silent', socket: null, message: 'Docker is installed and does not run.' }
    expect(await createSocketFinder('auto', finderDeps(absent, ['dockerd'])).find(null, signal)).toEqual(asleep)
    expect(await createSocketFinder('docker', finderDeps(absent, ['podman', '/run/systemd/system', 'dockerd'])).find(null, signal)).toEqual(asleep)
    // nothing could start it, another socket is meant, or none is wanted
    expect(await createSocketFinder('auto', finderDeps(absent, ['podman'])).find(null, signal)).toMatchObject({ state: 'missing' })
    expect(await createSocketFinder('/my.sock', finderDeps(absent, ['dockerd'])).find(null, signal)).toMatchObject({ state: 'missing' })
    expect(await createSocketFinder('none', finderDeps(absent, ['dockerd'])).find(null, signal)).toMatchObject({ state: 'missing' })
  })

  it('tells an engine that this account may not use as that, whatever else is installed', async () => {
    const deps = fakeDeps()
    const probes: Record<string, Probe> = { '/var/run/docker.sock': notAllowed }
    const host = new EngineWatch(createSocketFinder('auto', { ...finderDeps(probes, ['dockerd', 'podman', '/run/systemd/system']), ...deps }), deps)
    await host.start()
    expect(host.status()).toMatchObject({ state: 'forbidden', message: expect.stringContaining('Docker is here, and the account amina may not use it') as string })
    expect(() => host.require()).toThrow(expect.objectContaining({ code: 'E_ENGINE_FORBIDDEN', next: expect.stringContaining('depin engine allow') as string }))
    // one that was lost this way is told of so as well
    probes['/var/run/docker.sock'] = { state: 'silent', reason: 'refuses connections' }
    expect(await host.retry()).toMatchObject({ state: 'stopped', hung: false })
    await host.stop()
  })

  it('does not take the place of root’s own Podman for an engine that could be had', async () => {
    const there = { '/run/podman/podman.sock': notAllowed }
    expect(await createSocketFinder('auto', finderDeps(there)).find(null, signal)).toMatchObject({ state: 'missing' })
    expect(await createSocketFinder('auto', finderDeps(there, ['podman', '/run/systemd/system'])).find(null, signal)).toMatchObject({ state: 'silent', message: 'Podman is installed and does not run.' })
    expect(await surveyEngines(fakeDeps(), signal, finderDeps(there))).toEqual([])
  })

  it('tells one that never answered from one that has stopped', async () => {
    const deps = fakeDeps()
    const host = new EngineWatch(createSocketFinder('auto', { ...finderDeps({ '/var/run/docker.sock': { state: 'hung', reason: 'does not answer' } }), ...deps }), deps)
    await host.start()
    expect(host.status()).toMatchObject({ state: 'stopped', hung: true })
    expect(() => host.require()).toThrow(expect.objectContaining({ code: 'E_ENGINE_STOPPED', next: expect.stringContaining('depin engine restart') as string }))
    await host.stop()
  })

  it('says since when an engine is known to be installed and stopped, also when somebody asks again', async () => {
    const deps = fakeDeps()
    const host = new EngineWatch(createSocketFinder('auto', { ...finderDeps({}, ['dockerd']), ...deps }), deps)
    await host.start()
    const sinceMs = deps.clock.nowMs()
    expect(host.status()).toMatchObject({ state: 'stopped', socket: null, sinceMs })
    expect(() => host.require()).toThrow(expect.objectContaining({ code: 'E_ENGINE_STOPPED', next: expect.stringContaining('depin engine start') as string }))
    deps.clock.advance(5000)
    expect(await host.retry()).toMatchObject({ state: 'stopped', socket: null, sinceMs })
    await host.stop()
  })

  it('refuses an engine with a known escape, when there is no other', async () => {
    const danger = { reason: 'runc 1.1.5 has a known hole.', update: 'Update runc.', cves: ['CVE-2024-21626'], version: '24.0.0' }
    const deps = finderDeps({ '/var/run/docker.sock': { state: 'unsafe', ...danger } })
    const finding = await createSocketFinder('auto', deps).find(null, signal)
    expect(finding).toEqual({ state: 'unsafe', socket: 'unix:///var/run/docker.sock', message: danger.reason, update: danger.update, cves: danger.cves })
    const host = new EngineWatch(createSocketFinder('auto', deps), deps)
    await host.start()
    expect(host.status()).toEqual(finding)
    expect(() => host.require()).toThrow(expect.objectContaining({ code: 'E_ENGINE_UNSAFE', next: 'Update runc.' }))
    await host.stop()
  })

  it('looks where it is told, and nowhere with none', async () => {
    const deps = finderDeps({ '/var/run/docker.sock': { state: 'silent', reason: 'refuses connections' } })
    expect(await createSocketFinder('/my.sock', deps).find(null, signal)).toMatchObject({ state: 'missing', tried: ['unix:///my.sock: there is none'] })
    expect(await createSocketFinder('not a path', deps).find(null, signal)).toMatchObject({ state: 'missing', tried: ['not a path (not a path): is not an absolute path'] })
    expect(await createSocketFinder('none', deps).find(null, signal)).toMatchObject({ state: 'missing', tried: [] })
  })
})
