import { beforeEach, describe, expect, it } from 'vitest'
import { DepinError } from '../../contract/errors.ts'
import { serveArguments } from '../../contract/nouns/serve.ts'
import type { ServeOptions } from '../../contract/nouns/serve.ts'
import type { UpdateOptions, UpdateStatus } from '../../contract/nouns/updates.ts'
import * as fixture from '../../service/testing/api-fixtures.ts'
import type { ServiceBundle } from '../service-bundle.ts'
import { FakeService } from '../testing/fake-service.ts'
import { beginCli, type Outcome, runCli } from '../testing/test-io.ts'

const notAsked = (): never => { throw new Error('not asked for') }
const bundle = (changes: Partial<ServiceBundle>): ServiceBundle => ({ serve: notAsked, panic: notAsked, restore: notAsked, offlineClient: notAsked, update: notAsked, ...changes })
const status = (state: UpdateStatus['state'], installed = '1.0.0'): UpdateStatus => ({ ...fixture.updateStatus, installed, state })

const cli = new FakeService()

const depin = (line: string, service: Partial<ServiceBundle> = {}, dataDir = cli.api.dataDir): Promise<Outcome> => runCli(line.split(' '), { env: { DEPIN_DATA_DIR: dataDir }, service: bundle(service) })

describe('depin update, on a server', () => {
  const updating = (given: unknown[]): Partial<ServiceBundle> => ({
    update: (options, { onStatus }) => {
      given.push(options)
      onStatus(status({ kind: 'downloading', version: '1.1.0', doneBytes: 30, totalBytes: 120 }))
      return Promise.resolve(status({ kind: 'idle', checkedAtMs: fixture.nowMs }, '1.1.0'))
    },
  })

  it('is done by this process, with what was asked for, and says how far it is', async () => {
    const given: unknown[] = []
    const { exitCode, stdout, stderr } = await depin('update --channel beta --feed http://mirror.example/depin --again', updating(given))
    expect(given).toEqual([{ dataDir: cli.api.dataDir, channel: 'beta', feed: 'http://mirror.example/depin', checkOnly: false, again: true } satisfies UpdateOptions])
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: 'Version 1.1.0: this is the newest.\n', stderr: 'Version 1.0.0: 1.1.0 is coming, 25 % of 120 B.\n' })
    expect(JSON.parse((await depin('update --json', updating([]))).stdout)).toMatchObject({ installed: '1.1.0', state: { kind: 'idle' } })
  })

  it('needs no running service', async () => {
    const given: unknown[] = []
    expect((await depin('update --check', updating(given), '/nonexistent/depin')).exitCode).toBe(0)
    expect(given).toMatchObject([{ checkOnly: true, channel: null, feed: null }])
  })

  it('says that what is offered was tried already, and when', async () => {
    const message = '1.1.0 was tried here on 2026-11-20 and did not become healthy; waiting for a newer one.'
    const state = { kind: 'failed', version: '1.1.0', reason: 'unhealthy', message, atMs: 0 } as const
    expect(await depin('update --check', { update: () => Promise.resolve(status(state)) })).toMatchObject({ exitCode: 0, stdout: `Version 1.0.0: ${message}\n` })
  })

  it('fails with the reason', async () => {
    const why = new DepinError('E_UPDATE', 'What the feed says held until 2026-01-01.', { next: 'Look at the clock.', details: { reason: 'expired' } })
    expect(await depin('update', { update: () => Promise.reject(why) })).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining('depin: E_UPDATE: What the feed says held until 2026-01-01.\nLook at the clock.') as string })
  })
})

describe('depin update, where the desktop app does it', () => {
  beforeEach(() => { cli.fake.updates = { ...status({ kind: 'ready', version: '1.1.0', waitsFor: 'nobody-uses-it' }), way: { kind: 'desktop' } } })

  it.each([['update', 'updates.install'], ['update --check', 'updates.check']])('depin %s asks it', async (line, procedure) => {
    expect((await depin(line)).stdout).toBe('Version 1.0.0: 1.1.0 is ready. It is installed when nobody uses this computer.\n')
    expect(cli.fake.calls.map((call) => call.procedure)).toEqual([procedure])
  })

  it('has the channel told, and a feed refused', async () => {
    await depin('update --check --channel beta')
    expect(cli.fake.calls[0]).toEqual({ procedure: 'updates.setChannel', input: { channel: 'beta' } })
    expect(await depin('update --feed http://mirror.example/')).toMatchObject({ exitCode: 2 })
  })
})

describe('a service that is started anew', () => {
  it.each<Partial<ServeOptions>>([{}, { http: { host: '127.0.0.1', port: 8080 }, listen: ['/ip4/0.0.0.0/tcp/4001', '/ip6/::/tcp/4001'], bootstrap: ['/dns4/a/tcp/1/p2p/x'], mdns: false, engine: '/run/e.sock', share: true, logLevel: 'debug' }])('gets the same options as a command line: %j', async (changes) => {
    const options: ServeOptions = { dataDir: cli.api.dataDir, http: null, listen: [], bootstrap: [], mdns: true, engine: 'auto', share: false, logLevel: 'warn', newIdentity: false, ...changes }
    const given: unknown[] = []
    const serve = (taken: unknown): Promise<void> => {
      given.push(taken)
      return Promise.resolve()
    }
    await beginCli([...serveArguments(options), '--when-free', '60s'], { service: bundle({ serve }) }).ended
    expect(given).toEqual([{ ...options, whenFreeMs: 60_000 }])
  })
})
