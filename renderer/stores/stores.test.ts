import { describe, expect, it } from 'vitest'
import { ReportedError } from '../api/errors.ts'
import { quotes } from '../gallery/fixtures/apps.ts'
import { endsAfter, fixtureClient, silentAfter } from '../gallery/fixtures/client.ts'
import { manualClock, settled } from '../gallery/fixtures/clock.ts'
import { activity } from '../gallery/fixtures/guests.ts'
import { openWith, stillConnection } from '../gallery/fixtures/stores.ts'
import { activityKept, mergeActivity } from './activity.ts'
import { createForwards } from './forwards.ts'
import { createNotices } from './notices.ts'
import { createOrders } from './orders.ts'
import { createPreferences } from './preferences.ts'
import { createAsking } from './quotes.ts'

const bundle = { entry: 'compose.yaml', files: {}, env: {} }

describe('activity', () => {
  it('is newest first, each line once, and bounded', () => {
    const merged = mergeActivity(mergeActivity(null, activity), activity.slice(0, 3))
    expect(merged.map((line) => line.seq)).toEqual([58, 57, 56, 55, 54, 53, 52, 51])
    const many = Array.from({ length: 200 }, (_, seq) => ({ ...activity[0]!, seq }))
    expect(mergeActivity(null, many)).toHaveLength(activityKept)
    expect(mergeActivity(null, many)[0]!.seq).toBe(199)
  })
})

describe('notices', () => {
  it('leave after 8 s, but not while somebody reads them', async () => {
    const clock = manualClock()
    const notices = createNotices(clock)
    notices.show({ topic: null, tone: 'info', text: 'one', action: null })
    await clock.advance(7_000)
    const { id } = notices.store.getState().notices[0]!
    notices.hold(id)
    await clock.advance(60_000)
    expect(notices.store.getState().notices).toHaveLength(1)
    notices.release(id)
    await clock.advance(8_000)
    expect(notices.store.getState().notices).toHaveLength(0)
  })

  it('are held no longer by one that was dismissed', async () => {
    const clock = manualClock()
    const notices = createNotices(clock)
    for (const text of ['one', 'two']) notices.show({ topic: null, tone: 'info', text, action: null })
    const { id } = notices.store.getState().notices[0]!
    notices.hold(id)
    notices.dismiss(id)
    await clock.advance(8_000)
    expect(notices.store.getState().notices).toHaveLength(0)
  })

  it('give way to newer news of the same topic, and are three at most', () => {
    const notices = createNotices(manualClock())
    const show = (topic: string | null, text: string) => notices.show({ topic, tone: 'info', text, action: null })
    show('share', 'off')
    show('share', 'paused')
    expect(notices.store.getState().notices.map((notice) => notice.text)).toEqual(['paused'])
    for (const text of ['a', 'b', 'c']) show(null, text)
    expect(notices.store.getState().notices.map((notice) => notice.text)).toEqual(['a', 'b', 'c'])
  })
})

describe('orders', () => {
  it('are known to be under way, and never reject', async () => {
    const orders = createOrders({ connection: stillConnection(openWith(fixtureClient())) })
    const gate = Promise.withResolvers<string>()
    const outcome = orders.give('share', () => gate.promise)
    expect(orders.store.getState().has('share')).toBe(true)
    gate.resolve('done')
    expect(await outcome).toEqual({ ok: true, value: 'done' })
    expect(orders.store.getState().has('share')).toBe(false)
    const report = { code: 'E_BUSY', message: 'Busy.' } as const
    expect(await orders.give('share', () => Promise.reject(new ReportedError(report)))).toEqual({ ok: false, error: report })
  })

  it('say so when the service is away', async () => {
    const orders = createOrders({ connection: stillConnection({ kind: 'connecting' }) })
    expect(await orders.give('share', (client) => client.node.status())).toMatchObject({ ok: false, error: { code: 'E_NOT_RUNNING' } })
  })
})

describe('quotes', () => {
  it('come one by one, and the last is complete', async () => {
    const first = { ...quotes, answered: 1 }
    const asking = createAsking({ connection: stillConnection(openWith(fixtureClient({ deployments: { quote: () => Promise.resolve(endsAfter(first, quotes)) } }))) })
    const seen: unknown[] = []
    asking.store.subscribe((state) => seen.push(state))
    asking.ask(bundle, { maxPriceMonthMicro: 5n })
    await settled()
    expect(seen).toEqual([{ kind: 'asking', report: null }, { kind: 'asking', report: first }, { kind: 'asking', report: quotes }, { kind: 'done', report: quotes }])
    expect(asking.isAbout(bundle, { maxPriceMonthMicro: 5n })).toBe(true)
    expect(asking.isAbout(bundle, { maxPriceMonthMicro: 6n })).toBe(false)
  })

  it('keep what came before they failed', async () => {
    const asking = createAsking({ connection: stillConnection(openWith(fixtureClient({ deployments: { quote: () => Promise.reject(new Error('lost')) } }))) }, { kind: 'done', report: quotes })
    asking.ask(bundle, {})
    await settled()
    expect(asking.store.getState()).toMatchObject({ kind: 'failed', error: { code: 'E_INTERNAL' } })
  })
})

describe('forwards', () => {
  const target = { name: 'shop', service: 'web', port: 80 }
  const status = { host: '127.0.0.1', port: 40_080, connections: 0, totalConnections: 0, sentBytes: 0, receivedBytes: 0, problem: null }

  it('say where they listen, and close', async () => {
    const connection = stillConnection(openWith(fixtureClient({ deployments: { forward: () => Promise.resolve(silentAfter(status)) } })))
    const forwards = createForwards({ connection, clock: manualClock() })
    forwards.open(target)
    await settled()
    expect(forwards.store.getState()).toEqual({ 'shop/web:80': { kind: 'open', status } })
    forwards.close(target)
    expect(forwards.store.getState()).toEqual({})
  })

  it('ask for the same local port after a lost connection', async () => {
    const ports: number[] = []
    const client = fixtureClient({ deployments: { forward: ({ localPort }) => {
      ports.push(localPort)
      return Promise.resolve(silentAfter(status))
    } } })
    const connection = stillConnection(openWith(client))
    const forwards = createForwards({ connection, clock: manualClock() })
    forwards.open(target)
    await settled()
    connection.state.setState({ kind: 'lost', lastSeenMs: 0, trying: false }, true)
    expect(forwards.store.getState()['shop/web:80']).toEqual({ kind: 'away', status })
    connection.state.setState(openWith(client), true)
    await settled()
    expect(ports).toEqual([0, 40_080])
  })

  it('say why they do not work', async () => {
    const report = { code: 'E_PEER_UNREACHABLE', message: 'No copy can be reached.' } as const
    const connection = stillConnection(openWith(fixtureClient({ deployments: { forward: () => Promise.reject(new ReportedError(report)) } })))
    const forwards = createForwards({ connection, clock: manualClock() })
    forwards.open(target)
    await settled()
    expect(forwards.store.getState()['shop/web:80']).toEqual({ kind: 'failed', error: report })
  })
})

describe('preferences', () => {
  const storage = (text: string | null) => {
    const kept = { text }
    return { kept, getItem: () => kept.text, setItem: (_key: string, value: string) => {
      kept.text = value
    } }
  }

  it('are kept', () => {
    const place = storage(null)
    createPreferences({ storage: place, wanted: ['ar-EG'] }).setState({ theme: 'dark' })
    expect(createPreferences({ storage: place, wanted: ['en'] }).getState()).toEqual({ language: 'ar', languageFrom: 'browser', theme: 'dark' })
  })

  it.each(['{', 'null', '{"language":"xx","theme":7}', '[]'])('fall back when what was kept is %s', (text) => {
    expect(createPreferences({ storage: storage(text), wanted: ['en'] }).getState()).toEqual({ language: 'en', languageFrom: 'browser', theme: 'auto' })
  })
})
