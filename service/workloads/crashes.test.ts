import { describe, expect, it, vi } from 'vitest'
import type { EngineHost, LogChunk } from '../engine/types.ts'
import { FakeClock } from '../testing/clock.ts'
import { silentLog } from '../testing/deps.ts'
import { Crashes } from './crashes.ts'
import type { Ended } from './types.ts'

const ended: Ended = { service: 'web', containerId: 'id-web', exitCode: 3, isOutOfMemory: false, times: 1, atMs: 1000, isOver: false }
const chunk = (source: LogChunk['source'], text: string): LogChunk => ({ source, atMs: 0, text })

/** An engine whose log waits for `give`. */
function crashes() {
  const given: ((chunks: LogChunk[] | null) => void)[] = []
  const clock = new FakeClock()
  const onHeard = vi.fn()
  async function* logs(_: string, { signal }: { signal: AbortSignal }): AsyncGenerator<LogChunk> {
    const chunks = await new Promise<LogChunk[] | null>((resolve, reject) => {
      given.push(resolve)
      signal.addEventListener('abort', () => reject(signal.reason as Error))
    })
    if (chunks === null) throw new Error('no log')
    yield* chunks
  }
  const engine = { require: () => ({ logs }) } as unknown as EngineHost
  const told = new Crashes({ clock, log: silentLog, engine, onHeard })
  return { told, clock, onHeard, give: (chunks: LogChunk[] | null) => given.shift()?.(chunks) }
}

describe('a service that ends by itself', () => {
  it('is told of with the last it complained of, cut where it is long', async () => {
    const { told, give, onHeard } = crashes()
    told.look('lease', [ended])
    expect(told.reason('lease')).toEqual({ code: 'app-exited', detail: 'web ended with code 3.' })
    give([chunk('stdout', 'hello\n'), chunk('stderr', 'first\nchown: not permi'), chunk('stderr', `tted${'!'.repeat(500)}\n\n`), chunk('stdout', 'bye\n')])
    await vi.waitFor(() => expect(onHeard).toHaveBeenCalledWith('lease'))
    const { detail = '' } = told.reason('lease') ?? {}
    expect(detail).toMatch(/^web ended with code 3\. It said last: chown: not permitted!+$/)
    expect(detail.length).toBeLessThan(300)
  })

  it('keeps what it said while it runs for a moment, and until the next words are read', async () => {
    const { told, give } = crashes()
    told.look('lease', [ended])
    // seen again before its log has come
    told.look('lease', [ended])
    give([chunk('stdout', 'no disk\n')])
    await vi.waitFor(() => expect(told.isReading('lease')).toBe(false))
    told.look('lease', [{ ...ended, exitCode: 0, atMs: null }])
    expect(told.reason('lease')?.detail).toBe('web ended with code 3. It said last: no disk')
    told.look('lease', [{ ...ended, exitCode: 137, isOutOfMemory: true, times: 2, atMs: 2000 }])
    expect(told.reason('lease')?.detail).toBe('web used more memory than it may, 2 times in a row. It said last: no disk')
    expect(told.isReading('lease')).toBe(true)
    give([])
    await vi.waitFor(() => expect(told.isReading('lease')).toBe(false))
    expect(told.reason('lease')?.detail).toBe('web used more memory than it may, 2 times in a row.')
  })

  it('is forgotten, and said so, when all run steadily', async () => {
    const { told, give, onHeard } = crashes()
    told.look('lease', [ended])
    give([])
    await vi.waitFor(() => expect(told.isReading('lease')).toBe(false))
    onHeard.mockClear()
    told.look('lease', [])
    expect([told.reason('lease'), onHeard.mock.calls]).toEqual([null, [['lease']]])
  })

  it('that is over is no matter for the others, and is told when all of it is', async () => {
    const { told, give } = crashes()
    told.look('lease', [{ ...ended, isOver: true }])
    give([chunk('stderr', 'no such table\n')])
    await vi.waitFor(() => expect(told.isReading('lease')).toBe(false))
    expect(told.reason('lease')).toBeNull()
    expect(told.told('lease', { code: 'app-exited', detail: 'web ended with code 3.' }).detail).toBe('web ended with code 3. It said last: no such table')
  })

  it('waits neither for an engine that fails nor for one that hangs', async () => {
    const { told, give, clock } = crashes()
    told.look('failing', [ended])
    give(null)
    await vi.waitFor(() => expect(told.isReading('failing')).toBe(false))
    told.look('hanging', [ended])
    expect(told.isReading('hanging')).toBe(true)
    clock.advance(3_001)
    await vi.waitFor(() => expect(told.isReading('hanging')).toBe(false))
    expect(told.told('hanging', { code: 'app-exited', detail: 'web ended with code 3.' }).detail).toBe('web ended with code 3.')
  })
})
