import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../testing/clock.ts'
import { listChanges, watchList, watchValue, type ListEvent } from './watch.ts'

/** A value that says when it changes, and how many listen. */
function source<Value>(initial: Value) {
  const listeners = new Set<() => void>()
  return {
    value: initial,
    reads: 0,
    listeners,
    set(value: Value) {
      this.value = value
      for (const listener of listeners) listener()
    },
    options(signal?: AbortSignal) {
      return {
        subscribe: (changed: () => void) => {
          listeners.add(changed)
          return () => void listeners.delete(changed)
        },
        read: () => {
          this.reads++
          return this.value
        },
        signal,
      }
    },
  }
}

async function take<Value>(values: AsyncGenerator<Value, void>): Promise<Value> {
  const next = await values.next()
  if (next.done === true) throw new Error('the stream ended')
  return next.value
}

describe('watchValue', () => {
  it('shows the present value first, then the next one', async () => {
    const number = source(1)
    const values = watchValue(number.options())
    expect(await take(values)).toBe(1)
    const next = take(values)
    number.set(2)
    expect(await next).toBe(2)
  })

  it('shows a slow reader the latest value and nothing in between', async () => {
    const number = source(1)
    const values = watchValue(number.options())
    await take(values)
    for (let value = 2; value <= 1000; value++) number.set(value)
    expect(await take(values)).toBe(1000)
    expect(number.reads).toBe(2)
  })

  it('misses no change that happens while it reads', async () => {
    const number = source(1)
    const options = number.options()
    const read = options.read
    options.read = () => {
      const value = read()
      if (value === 1) number.set(2)
      return value
    }
    const values = watchValue(options)
    expect([await take(values), await take(values)]).toEqual([1, 2])
  })

  it('leaves out values that are equal to the one before', async () => {
    const money = source({ amount: 1n })
    const values = watchValue(money.options())
    await take(values)
    const next = take(values)
    money.set({ amount: 1n })
    money.set({ amount: 2n })
    expect(await next).toEqual({ amount: 2n })
  })

  it('ends quietly on abort, while it waits, and unsubscribes', async () => {
    const number = source(1)
    const abort = new AbortController()
    const values = watchValue(number.options(abort.signal))
    await take(values)
    const end = values.next()
    abort.abort()
    expect(await end).toEqual({ done: true, value: undefined })
    expect(number.listeners.size).toBe(0)
  })

  it('unsubscribes when its reader leaves, and when a read fails', async () => {
    const number = source(1)
    for await (const _ of watchValue(number.options())) break
    expect(number.listeners.size).toBe(0)
    const failing = watchValue({ ...number.options(), read: () => Promise.reject(new Error('no disk')) })
    await expect(failing.next()).rejects.toThrow('no disk')
    expect(number.listeners.size).toBe(0)
  })

  it('keeps its pace, and ends at once when it is aborted in a pause', async () => {
    const clock = new FakeClock()
    const number = source(1)
    const abort = new AbortController()
    const values = watchValue({ ...number.options(abort.signal), pace: { clock, minIntervalMs: 1000 } })
    await take(values)
    const next = take(values)
    number.set(2)
    number.set(3)
    await Promise.resolve()
    expect(number.reads).toBe(1)
    clock.advance(1000)
    expect(await next).toBe(3)
    const end = values.next()
    await Promise.resolve()
    abort.abort()
    expect((await end).done).toBe(true)
  })

  it('shows a burst at once, keeps its pace after it, and may burst again after a rest', async () => {
    const clock = new FakeClock()
    const number = source(0)
    const abort = new AbortController()
    const values = watchValue({ ...number.options(abort.signal), pace: { clock, minIntervalMs: 1000, burst: 2 } })
    const change = async (): Promise<number> => {
      const next = take(values)
      number.set(number.value + 1)
      return await next
    }
    await take(values)
    expect([await change(), await change()]).toEqual([1, 2])
    const late = change()
    await new Promise(setImmediate)
    expect(number.reads).toBe(3)
    clock.advance(1000)
    expect(await late).toBe(3)
    clock.advance(10_000)
    expect([await change(), await change()]).toEqual([4, 5])
    abort.abort()
  })
})

describe('watchList', () => {
  it('shows all items, then each that is new, different or gone', async () => {
    const apps = source([{ name: 'a', copies: 1 }, { name: 'b', copies: 1 }])
    const events = watchList({ ...apps.options(), keyOf: (app) => app.name })
    expect(await take(events)).toEqual({ kind: 'all', items: apps.value })
    apps.set([{ name: 'b', copies: 2 }, { name: 'c', copies: 1 }])
    expect([await take(events), await take(events), await take(events)]).toEqual([
      { kind: 'gone', key: 'a' },
      { kind: 'put', item: { name: 'b', copies: 2 } },
      { kind: 'put', item: { name: 'c', copies: 1 } },
    ])
  })

  it('says nothing when a change changed nothing', async () => {
    const apps = source([{ name: 'a' }])
    const events = watchList({ ...apps.options(), keyOf: (app) => app.name })
    await take(events)
    const next = take(events)
    apps.set([{ name: 'a' }])
    apps.set([])
    expect(await next).toEqual({ kind: 'gone', key: 'a' })
  })

  it('always leads from one list to the other', () => {
    const list = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.nat(3)).map((object) => new Map(Object.entries(object)))
    fc.assert(fc.property(list, list, (before, after) => {
      const asItems = (map: ReadonlyMap<string, number>) => new Map([...map].map(([name, value]) => [name, { name, value }]))
      const result = listChanges(asItems(before), asItems(after)).reduce(apply, asItems(before))
      expect(new Map([...result].toSorted())).toEqual(new Map([...asItems(after)].toSorted()))
    }))
  })
})

type App = { name: string, value: number }
function apply(list: Map<string, App>, event: ListEvent<App, string>): Map<string, App> {
  const next = new Map(list)
  if (event.kind === 'put') next.set(event.item.name, event.item)
  if (event.kind === 'gone') next.delete(event.key)
  return next
}
