import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import * as fixture from '../../service/testing/api-fixtures.ts'
import { FakeService } from '../testing/fake-service.ts'

const cli = new FakeService()

describe('stop', () => {
  it('ends when the service has stopped', async () => {
    cli.fake.stop = () => void cli.api.server.stop()
    expect(await cli.depin('stop')).toEqual({ exitCode: 0, stdout: 'The service has stopped.\n', stderr: '' })
    expect((await cli.depin('status')).stderr).toContain('E_NOT_RUNNING')
  })
})

describe('serve', () => {
  const ready = { event: 'ready' as const, peerId: fixture.peerA, addresses: [], dashboard: 'http://127.0.0.1:4848/#token=x', engine: fixture.engine, pid: 1, dataDir: '/d' }

  function serving(line: string) {
    const given: unknown[] = []
    const service = {
      serve: (options: unknown, hooks: { signal: AbortSignal, onReady: (event: typeof ready) => void }) => {
        given.push(options)
        hooks.onReady(ready)
        return new Promise<void>((resolve) => hooks.signal.addEventListener('abort', () => resolve()))
      },
      offlineClient: () => { throw new Error('not asked for') },
      panic: () => Promise.reject(new Error('not asked for')), restore: () => Promise.reject(new Error('not asked for')), update: () => Promise.reject(new Error('not asked for')),
    }
    return { given, ...cli.begin(line, { service }) }
  }

  it('hands every flag to the service, and its first line tells where it is', async () => {
    const { given, io, ended } = serving('serve --http [::1]:80 --listen /ip4/0.0.0.0/tcp/1 --listen /ip6/::/tcp/1 --bootstrap /dns4/a/tcp/1/p2p/x --no-mdns --engine unix:///run/e.sock --share --log debug --new-identity --json')
    await vi.waitFor(() => expect(JSON.parse(io.stdout)).toEqual(ready))
    expect(given).toEqual([{
      dataDir: cli.api.dataDir, http: { host: '::1', port: 80 }, listen: ['/ip4/0.0.0.0/tcp/1', '/ip6/::/tcp/1'], bootstrap: ['/dns4/a/tcp/1/p2p/x'],
      mdns: false, engine: '/run/e.sock', share: true, logLevel: 'debug', newIdentity: true,
    }])
    io.interrupt()
    await ended
  })

  it('has defaults that need no thought, words for people, and a clean end', async () => {
    const { given, io, ended } = serving('serve')
    await vi.waitFor(() => expect(io.stdout).toContain('Dashboard  http://127.0.0.1:4848/#token=x\n'))
    expect(given).toEqual([{ dataDir: cli.api.dataDir, http: null, listen: [], bootstrap: [], mdns: true, engine: 'auto', share: false, logLevel: 'warn', newIdentity: false }])
    io.interrupt()
    expect(await ended).toBe(0)
  })

  it('fails with the service’s own error', async () => {
    const error = Object.assign(new Error('Port 80 is in use.'), { name: 'DepinError', code: 'E_PORT_IN_USE', next: 'Choose another.' })
    const service = { serve: () => Promise.reject(error), panic: () => Promise.reject(new Error('not asked for')), restore: () => Promise.reject(new Error('not asked for')), update: () => Promise.reject(new Error('not asked for')), offlineClient: () => { throw new Error('not asked for') } }
    expect(await cli.depin('serve --http 127.0.0.1:80', { service })).toEqual({ exitCode: 1, stdout: '', stderr: 'depin: E_PORT_IN_USE: Port 80 is in use.\nChoose another.\n' })
  })
})

describe('a service that does not know us', () => {
  it('is told apart from one that does not run', async () => {
    writeFileSync(join(cli.api.dataDir, 'api-token'), 'A'.repeat(43))
    expect((await cli.depin('status')).stderr).toContain('E_UNAUTHORIZED')
    writeFileSync(join(cli.api.dataDir, 'service.json'), '{"pid":')
    expect((await cli.depin('status')).stderr).toContain('E_NOT_RUNNING')
  })
})
