import { describe, expect, it } from 'vitest'
import type { LogLine, ServiceStatus } from '../../contract/wire/v1/protocols.ts'
import { FakeClock } from '../testing/clock.ts'
import { until } from '../testing/wait.ts'
import { FakeLog } from '../engine/fake/log.ts'
import { followServices } from './follow.ts'

/** Services whose containers come, print, end and start again when a test says so. */
function world(...services: string[]) {
  const clock = new FakeClock()
  const logs = new Map<string, FakeLog>()
  const states = new Map<string, ServiceStatus['state']>(services.map((service) => [service, 'waiting']))
  const listeners = new Set<() => void>()
  const [seen, ended]: [string[], (Error | undefined)[]] = [[], []]
  const stop = new AbortController()
  const set = (service: string, state: ServiceStatus['state']): void => {
    states.set(service, state)
    if (state === 'running') logs.set(service, logs.get(service) ?? new FakeLog())
    logs.get(service)?.setWriting(state === 'running')
    for (const listener of listeners) listener()
  }
  const print = (service: string, text: string): void => {
    clock.advance(1)
    logs.get(service)!.write({ source: 'stdout', atMs: clock.nowMs(), text })
  }
  async function* open(service: string, _containerId: string, tailLines: number): AsyncGenerator<LogLine> {
    for await (const chunk of logs.get(service)!.read({ follow: true, tailLines, signal: stop.signal })) yield { service, ...chunk }
  }
  const begin = (tailLines = 100) => followServices({
    clock, tailLines, open,
    services: () => [...states].map(([service, state]): ServiceStatus => ({
      service, containerId: logs.has(service) ? `container-of-${service}` : null, state, health: 'none', startedAtMs: null, restarts: 0, exitCode: null, progress: null, ports: [],
    })),
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    send: ({ service, text }) => {
      seen.push(`${service}: ${text}`)
      return Promise.resolve()
    },
    onEnd: (error) => void ended.push(error),
  })
  return { clock, set, print, begin, seen, ended, listeners }
}

describe('what services print', () => {
  it('is followed from when they have a container: one that comes late too, with all that it said', async () => {
    const { set, print, begin, seen, ended } = world('store', 'web')
    set('store', 'running')
    begin(0)
    set('web', 'starting')
    set('web', 'running')
    print('web', 'first')
    print('store', 'stored')
    await until('both are heard', () => seen.length === 2)
    expect(seen.toSorted()).toEqual(['store: stored', 'web: first'])
    expect(ended).toEqual([])
  })

  it('goes on when one of them ends and starts again, and nothing is told twice', async () => {
    const { clock, set, print, begin, seen, ended } = world('store', 'web')
    set('store', 'running')
    set('web', 'running')
    print('web', 'before')
    const end = begin()
    await until('it is heard', () => seen.length === 1)
    set('web', 'restarting')
    // so quick that nobody has seen the end of it yet
    set('web', 'running')
    print('web', 'after')
    clock.advance(1_000)
    await until('it is heard again', () => {
      clock.advance(1_000)
      return seen.length === 2
    })
    expect([seen, ended]).toEqual([['web: before', 'web: after'], []])
    end()
  })

  it('is over when none of them runs, and when nobody reads', async () => {
    const { set, begin, ended, listeners } = world('web')
    set('web', 'running')
    const end = begin()
    set('web', 'completed')
    await until('it is over', () => ended.length === 1)
    expect(ended).toEqual([undefined])
    end()
    expect(listeners.size).toBe(0)
  })
})
