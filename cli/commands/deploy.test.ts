import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { Deployment, ManifestBundle } from '../../contract/nouns/deployment.ts'
import * as fixture from '../../service/testing/api-fixtures.ts'
import { createDirectClient } from '../../service/api/index.ts'
import { silentLog } from '../../service/testing/deps.ts'
import { FakeService } from '../testing/fake-service.ts'

const cli = new FakeService({ compose: 'services:\n  web:\n    image: nginx:$TAG\n' })

describe('validate', () => {
  it('fails, with all there is to say, when the file cannot run', async () => {
    const errors = [{ file: 'compose.yaml', line: 3, key: 'services.web.privileged', message: 'A guest gets no privileges.' }]
    cli.fake.validate = () => ({ ...fixture.manifestReport, ok: false, services: [], errors, warnings: [{ file: 'compose.yaml', line: 5, key: 'x', message: 'Ignored.' }] })
    const plain = await cli.depin('validate compose.yaml')
    expect(plain).toEqual({ exitCode: 1, stderr: '', stdout: 'compose.yaml:3: error: services.web.privileged: A guest gets no privileges.\ncompose.yaml:5: warning: x: Ignored.\nThis cannot run as it is.\n' })
    const inJson = await cli.depin('validate compose.yaml --json')
    expect(inJson).toMatchObject({ exitCode: 1, stderr: '' })
    expect(JSON.parse(inJson.stdout)).toMatchObject({ ok: false, errors })
  })

  it('sends the file, what it misses, and only the variables it mentions', async () => {
    writeFileSync(join(cli.api.dataDir, 'web.env'), 'A=1')
    cli.fake.validate = (bundle) => ({ ...fixture.manifestReport, missingFiles: 'web.env' in bundle.files ? [] : ['web.env'] })
    await cli.depin('validate .')
    expect(cli.fake.calls.at(-1)?.input).toEqual({ bundle: {
      entry: 'compose.yaml', env: { TAG: '1.27' },
      files: { 'compose.yaml': readFileSync(join(cli.api.dataDir, 'compose.yaml'), 'base64'), 'web.env': 'QT0x' },
    } })
  })

  it('and doctor need no service: they ask its program', async () => {
    await cli.api.server.stop()
    const asked: unknown[] = []
    const service = {
      serve: () => Promise.reject(new Error('not asked for')),
      panic: () => Promise.reject(new Error('not asked for')), restore: () => Promise.reject(new Error('not asked for')), update: () => Promise.reject(new Error('not asked for')),
      offlineClient: (options: { dataDir: string }) => {
        asked.push(options)
        return {
          ...createDirectClient(cli.fake.router, silentLog),
          manifests: { validate: () => Promise.resolve(fixture.manifestReport) },
          doctor: { run: () => Promise.resolve([{ id: 'service' as const, status: 'fail' as const, cause: { code: 'service-none' as const }, message: 'No service is running.', fix: 'depin serve' }]), attack: () => Promise.reject(new Error('no service')) },
        }
      },
    }
    expect(await cli.depin('validate . --json', { service })).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await cli.depin('doctor', { service })).toEqual({ exitCode: 1, stdout: 'FAIL  No service is running.\n      depin serve\n', stderr: '' })
    expect(asked).toEqual([{ dataDir: cli.api.dataDir, hasTerminal: false }, { dataDir: cli.api.dataDir, hasTerminal: false }])
  })
})

describe('quote', () => {
  it('fails when it cannot run, saying which requirement failed', async () => {
    const problem = 'No host has 8 cores free; the largest has 4.'
    cli.fake.quotes = [{ ...fixture.quoteReport, asked: 2, answered: 1 }, { ...fixture.quoteReport, totalMonthMicro: null, problem, asked: 2, answered: 2 }]
    const { exitCode, stdout, stderr } = await cli.depin('quote . --max-price 5/month --json')
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ problem, totalMonthMicro: null })
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'E_NO_PROVIDER', message: problem } })
    expect(cli.fake.calls.at(-1)?.input).toMatchObject({ options: { maxPriceMonthMicro: 5_000_000n } })
  })
})

describe('deploy', () => {
  const update = (name: string, change: Partial<Deployment>): void => {
    const app = cli.fake.deployments.get(name)
    if (app !== undefined) cli.fake.deployments.set(name, { ...app, ...change })
    cli.fake.changed()
  }
  const service = (name: string, change: object) => ({ ...fixture.replica.services[0]!, service: name, ...change })
  const starting = (...services: Deployment['replicas'][number]['services']) => ({ state: 'starting' as const, replicas: [{ ...fixture.replica, state: 'starting' as const, services }] })

  it('makes an app of a file, and says what comes of it', async () => {
    const { exitCode, stdout } = await cli.depin(`deploy . --name web-shop --max-price 5 --provider ${fixture.peerB} --json`)
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toEqual({ name: 'web-shop', state: 'starting', replicas: [{ leaseId: null, provider: null, state: 'waiting', containerIds: [] }] })
    const { bundle, options } = cli.fake.calls.at(-1)!.input as { bundle: ManifestBundle, options: unknown }
    expect(Object.keys(bundle.files)).toEqual(['compose.yaml'])
    expect(options).toEqual({ name: 'web-shop', maxPriceMonthMicro: 5_000_000n, providers: [fixture.peerB] })
  })

  it('takes a file from standard input', async () => {
    await cli.depin('deploy -', { input: 'services: {}' })
    expect((cli.fake.calls.at(-1)!.input as { bundle: ManifestBundle }).bundle.files['compose.yaml']).toBe(Buffer.from('services: {}').toString('base64'))
  })

  it('makes nothing of a file that cannot run', async () => {
    cli.fake.validate = () => ({ ...fixture.manifestReport, ok: false, errors: [{ file: 'compose.yaml', line: 3, key: 'services.web', message: 'Bad.' }] })
    const { exitCode, stdout, stderr } = await cli.depin('deploy . --json')
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'E_MANIFEST', details: { errors: [{ line: 3 }] } } })
    expect(cli.fake.deployments.size).toBe(0)
  })

  it('waits until every copy runs, saying what for', async () => {
    const { io, ended } = cli.begin('deploy . --wait')
    await vi.waitFor(() => expect(io.stderr).toContain('Waiting for a host'))
    update('shop', starting(service('web', { state: 'pulling', progress: { doneBytes: 1_048_576, totalBytes: 4_194_304 } }), service('db', { state: 'waiting' })))
    await vi.waitFor(() => expect(io.stderr).toContain('Pulling web (1 of 2): 1 MB of 4 MB\n'))
    update('shop', starting(service('web', {}), service('db', { state: 'starting' })))
    await vi.waitFor(() => expect(io.stderr).toContain('Starting db (2 of 2) on brave-acacia\n'))
    update('shop', { state: 'running', replicas: [fixture.replica] })
    expect(await ended).toBe(0)
    expect(io.stdout).toBe('shop is running: 1 copy for 4.56 USD/month.\n')
  })

  it('says why a host tries again, and why another one is looked for', async () => {
    const { io, ended } = cli.begin('deploy . --wait')
    await vi.waitFor(() => expect(cli.fake.open.has('deployments.watch')).toBe(true))
    const reason = { code: 'image-unreachable', detail: 'dial tcp: connection refused' } as const
    update('shop', { state: 'starting', replicas: [{ ...fixture.replica, state: 'starting', services: [], trouble: reason }] })
    await vi.waitFor(() => expect(io.stderr).toContain('brave-acacia tries again: the host could not reach anybody who has the image (image-unreachable: dial tcp: connection refused)\n'))
    update('shop', { state: 'starting', replicas: [{ ...fixture.replica, state: 'waiting', services: [], reason }] })
    await vi.waitFor(() => expect(io.stderr).toContain('Looking for a host again: the host could not reach anybody'))
    io.interrupt()
    await ended
  })

  it('waits for programs without a word, and ends with the app’s copies', async () => {
    const { io, ended } = cli.begin('deploy . --wait --json')
    await vi.waitFor(() => expect(cli.fake.open.has('deployments.watch')).toBe(true))
    update('shop', { state: 'running', replicas: [fixture.replica] })
    expect(await ended).toBe(0)
    expect(io.stderr).toBe('')
    expect(JSON.parse(io.stdout)).toEqual({
      name: 'shop', state: 'running', replicas: [{ leaseId: fixture.leaseA, provider: fixture.peerB, state: 'running', containerIds: fixture.replica.containerIds }],
    })
  })

  it('fails with the reason when the app needs its owner', async () => {
    const { io, ended } = cli.begin('deploy . --wait --json')
    await vi.waitFor(() => expect(cli.fake.open.has('deployments.watch')).toBe(true))
    update('shop', { state: 'failed', why: 'The image does not exist.', replicas: [{ ...fixture.replica, state: 'failed', reason: { code: 'image-not-found' } }] })
    expect(await ended).toBe(1)
    expect(JSON.parse(io.stdout)).toMatchObject({ state: 'failed' })
    expect(JSON.parse(io.stderr)).toMatchObject({ error: { code: 'E_APP_FAILED', message: 'shop does not run: The image does not exist.', details: { reason: 'image-not-found' } } })
  })

  it('waits for what runs to last, and gives up on what ends again and again, with what helps', async () => {
    const { io, ended } = cli.begin('deploy . --wait')
    await vi.waitFor(() => expect(cli.fake.open.has('deployments.watch')).toBe(true))
    const unproven = { ...fixture.replica, services: fixture.replica.services.map((each) => ({ ...each, health: 'none' as const })) }
    update('shop', { state: 'running', replicas: [unproven] })
    const reason = { code: 'app-exited', detail: 'web ended with code 1. It said last: failed switching to "redis": operation not permitted' } as const
    const crashing = (restarts: number) => ({ state: 'degraded' as const, why: 'It is restarting.', replicas: [{ ...unproven, state: 'restarting' as const, reason, services: [service('web', { state: 'restarting', restarts })] }] })
    update('shop', crashing(1))
    await vi.waitFor(() => expect(io.stderr).toContain('ended with code 1. It said last: failed switching to "redis"'))
    update('shop', crashing(5))
    expect(await ended).toBe(1)
    expect(io.stderr).toContain('E_APP_FAILED: shop does not run: It is restarting.')
    expect(io.stderr).toContain('“user: redis”')
  })

  it('gives up after its timeout, and leaves the app to go on', async () => {
    const { exitCode, stderr } = await cli.depin('deploy . --wait --timeout 50ms')
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/E_DEADLINE: shop does not run after .*: Waiting for a host/)
    expect(cli.fake.deployments.has('shop')).toBe(true)
    await vi.waitFor(() => expect(cli.fake.open.size).toBe(0))
  })

  it('can be interrupted, and leaves the app to go on', async () => {
    const { io, ended } = cli.begin('deploy . --wait')
    await vi.waitFor(() => expect(cli.fake.open.has('deployments.watch')).toBe(true))
    io.interrupt()
    expect(await ended).toBe(130)
    expect(io.stderr).not.toContain('depin:')
    expect(cli.fake.deployments.has('shop')).toBe(true)
  })

  it('changes one line on a terminal, and takes it away at the end', async () => {
    const { io, ended } = cli.begin('deploy . --wait', { hasLiveProgress: true })
    await vi.waitFor(() => expect(io.stderr).toContain('\r\u001b[KWaiting for a host'))
    update('shop', { state: 'running', replicas: [fixture.replica] })
    await ended
    expect(io.stderr.endsWith('\r\u001b[K')).toBe(true)
  })
})
