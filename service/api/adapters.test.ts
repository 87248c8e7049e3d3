import { implement } from '@orpc/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { api } from '../../contract/api.ts'
import { DepinError } from '../../contract/errors.ts'
import { createLogger } from '../base/index.ts'
import { apiTransports, type ApiConnection, type RunningApi } from '../testing/api-clients.ts'
import * as fixture from '../testing/api-fixtures.ts'
import { createFakeApi, type FakeApi } from '../testing/fake-api.ts'
import { startApi } from '../testing/running-api.ts'
import { createDirectClient, type ApiRouter } from './index.ts'

const os = implement(api)

/** The fake, with handlers that fail in every way a handler can. */
function failing(fake: FakeApi): ApiRouter {
  return os.router({
    ...fake.router,
    guests: {
      ...os.guests.router({
        list: os.guests.list.handler(() => { throw new Error('ENOENT: /home/ada/secret') }),
        end: os.guests.end.handler(({ input }) => {
          throw new DepinError('E_NOT_FOUND', `There is no guest ${input.leaseId}.`, { next: 'See “depin guests”.', details: { micro: 2n ** 60n } })
        }),
        evidence: os.guests.evidence.handler(() => fixture.evidence),
        watchUse: os.guests.watchUse.handler(async function* () { yield await Promise.resolve({ samples: [] }) }),
        watch: os.guests.watch.handler(async function* () {
          yield { kind: 'all', items: await Promise.resolve([]) }
          throw new DepinError('E_DISK_FULL', 'The disk is full.')
        }),
      }),
    },
    doctor: { run: os.doctor.run.handler(() => [{ id: 'nonsense' } as never]), attack: os.doctor.attack.handler(() => []) },
  })
}

interface Bench extends ApiConnection {
  fake: FakeApi
  /** What the service logged. */
  log: string[]
  server: RunningApi['server'] | null
}

const cleanUps: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

async function bench(transport: string): Promise<Bench> {
  const fake = createFakeApi()
  const router = failing(fake)
  const log: string[] = []
  const logger = createLogger('warn', { write: (line) => log.push(line) })
  if (transport === 'direct') return { fake, log, server: null, client: createDirectClient(router, logger), close: () => undefined }
  const running = await startApi({ router, log: logger })
  cleanUps.push(() => running.stop())
  const connection = await apiTransports[transport]!(running)
  cleanUps.push(() => connection.close())
  const { server } = running
  return { fake, log, server, ...connection }
}

async function failure(call: Promise<unknown>): Promise<{ code?: string, data?: { code: string, message: string, next?: string, details?: Record<string, unknown> } }> {
  return await call.then(() => { throw new Error('it did not fail') }, (error: unknown) => error as never)
}

describe.each(['direct', ...Object.keys(apiTransports)])('the API, %s', (transport) => {
  let t: Bench
  beforeEach(async () => { t = await bench(transport) })

  it('answers, with every bigint whole', async () => {
    expect(await t.client.node.status()).toEqual(fixture.nodeStatus)
    expect(await t.client.earnings.get()).toEqual(fixture.earnings)
    await t.client.share.set({ prices: { cpuCoreMonthMicro: 2n ** 62n } })
    expect(t.fake.calls).toEqual([{ procedure: 'share.set', input: { prices: { cpuCoreMonthMicro: 2n ** 62n } } }])
  })

  it('answers many calls at once', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => t.client.node.invite({ validForMs: 60_000 })))
    expect(new Set(answers.map((answer) => answer.expiresAtMs))).toEqual(new Set([fixture.nowMs + 60_000]))
  })

  it('fails with the contract’s error, its code, next step and details', async () => {
    const error = await failure(t.client.guests.end({ leaseId: fixture.leaseA }))
    expect(error).toMatchObject({
      code: 'DEPIN', defined: true,
      data: { code: 'E_NOT_FOUND', message: `There is no guest ${fixture.leaseA}.`, next: 'See “depin guests”.', details: { micro: 2n ** 60n } },
    })
  })

  it('keeps what went wrong inside to the log', async () => {
    const error = await failure(t.client.guests.list())
    expect(error).toMatchObject({ code: 'DEPIN', data: { code: 'E_INTERNAL' } })
    if (transport !== 'direct') expect(JSON.stringify([error, error.data])).not.toContain('secret')
    expect(t.log.join()).toMatch(/"procedure":"guests.list".*secret/)
  })

  it('refuses an input that the contract refuses, and names the field', async () => {
    const error = await failure(t.client.node.invite({ validForMs: 1 }))
    expect(error.data).toMatchObject({ code: 'E_BAD_INPUT', message: expect.stringMatching(/^“validForMs” is not acceptable: it must be at least \d+\.$/) as string })
  })

  it('does not pass on an answer that the contract does not know', async () => {
    const error = await failure(t.client.doctor.run())
    expect(error.data).toMatchObject({ code: 'E_INTERNAL' })
    expect(t.log.join()).toContain('doctor.run')
  })

  it('streams the present value and every change after it', async () => {
    const values = await t.client.share.watch()
    expect((await values.next()).value).toEqual(fixture.shareStatus)
    const next = values.next()
    await t.client.share.set({ on: false })
    expect((await next).value).toMatchObject({ settings: { on: false } })
    await values.return()
  })

  it('fails in the middle of a stream as it would at its start', async () => {
    const events = await t.client.guests.watch()
    expect((await events.next()).value).toEqual({ kind: 'all', items: [] })
    expect((await failure(events.next())).data).toMatchObject({ code: 'E_DISK_FULL' })
  })

  it('ends a stream whose reader leaves', async () => {
    for await (const event of await t.client.deployments.watch()) {
      expect(event).toEqual({ kind: 'all', items: [] })
      expect(t.fake.open).toEqual(new Set(['deployments.watch']))
      break
    }
    await vi.waitFor(() => expect(t.fake.open.size).toBe(0))
  })

  it('ends a stream whose reader waits and then gives up', async () => {
    const abort = new AbortController()
    const events = await t.client.deployments.watch(undefined, { signal: abort.signal })
    await events.next()
    const waiting = events.next().catch(() => 'gave up')
    abort.abort()
    await waiting
    await vi.waitFor(() => expect(t.fake.open.size).toBe(0))
  })

  it('gives a reader that takes its time every line, in order', async () => {
    const count = 1000
    t.fake.logs = Array.from({ length: count }, (_, index) => ({
      lines: [{ service: 'web', source: 'stdout' as const, atMs: index, text: 'x'.repeat(1000), replica: 0 }],
    }))
    let expected = 0
    for await (const { lines } of await t.client.deployments.logs({ name: 'shop', service: null, replica: null, follow: false, tailLines: 0 })) {
      expect(lines[0]?.atMs).toBe(expected++)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(expected).toBe(count)
  })
})

describe.each(Object.keys(apiTransports))('a connection, %s', (transport) => {
  it('that is cut ends its streams', async () => {
    const connection = await bench(transport)
    const { fake } = connection
    const events = await connection.client.deployments.watch()
    await events.next()
    const waiting = events.next().then(() => 'an item', () => 'the end')
    connection.close()
    expect(await waiting).toBe('the end')
    await vi.waitFor(() => expect(fake.open.size).toBe(0))
  })

  it('ends, with its streams, when the service stops', async () => {
    const { client, server, fake } = await bench(transport)
    const events = await client.deployments.watch()
    await events.next()
    const waiting = events.next().then((next) => next.done === true ? 'the end' : 'an item', () => 'the end')
    await server?.stop()
    expect(await waiting).toBe('the end')
    await vi.waitFor(() => expect(fake.open.size).toBe(0))
  })
})
