import { beforeEach, describe, expect, it, vi } from 'vitest'
import * as fixture from '../../service/testing/api-fixtures.ts'
import { FakeService } from '../testing/fake-service.ts'

const cli = new FakeService()

describe('logs', () => {
  const batch = (text: string, replica = 0) => ({ lines: [{ service: 'web', source: 'stdout' as const, atMs: 1, text, replica }] })
  beforeEach(() => { cli.fake.deployments.set('shop', fixture.deployment) })

  it('prints what there is, line by line, nothing that could move the cursor', async () => {
    cli.fake.logs = [batch('one'), batch('two\u001b[2J'), batch('\u001b[31mred\u001b[0m')]
    expect(await cli.depin('logs shop web --tail 3 --copy 0')).toEqual({ exitCode: 0, stdout: 'web | one\nweb | two\u{fffd}[2J\nweb | red\n', stderr: '' })
    expect(cli.fake.calls).toEqual([{ procedure: 'deployments.logs', input: { name: 'shop', service: 'web', replica: 0, follow: false, tailLines: 3 } }])
  })

  it('prints a JSON line for each', async () => {
    cli.fake.logs = [batch('one'), batch('two', 1)]
    const { stdout } = await cli.depin('logs shop --json')
    expect(stdout.trim().split('\n').map((line) => JSON.parse(line) as unknown)).toMatchObject([{ text: 'one', replica: 0 }, { text: 'two', replica: 1 }])
  })

  it('says which copy, where there are several', async () => {
    cli.fake.deployments.set('shop', { ...fixture.deployment, copies: 2 })
    cli.fake.logs = [batch('one', 1)]
    expect((await cli.depin('logs shop')).stdout).toBe('web/1 | one\n')
  })

  it('follows until it is interrupted', async () => {
    cli.fake.logs = [batch('one')]
    const { io, ended } = cli.begin('logs shop --follow')
    await vi.waitFor(() => expect(io.stdout).toBe('web | one\n'))
    cli.fake.logs.push(batch('two'))
    cli.fake.changed()
    await vi.waitFor(() => expect(io.stdout).toBe('web | one\nweb | two\n'))
    io.interrupt()
    expect(await ended).toBe(130)
    expect(io.stderr).toBe('')
    await vi.waitFor(() => expect(cli.fake.open.size).toBe(0))
  })

  it('holds still while its reader does, and goes on with it', async () => {
    cli.fake.logs = Array.from({ length: 20 }, (_, index) => batch(String(index)))
    const { io, ended } = cli.begin('logs shop', { hasRoom: false })
    for (let line = 1; line <= 20; line++) {
      await vi.waitFor(() => expect(io.stdout.split('\n')).toHaveLength(line + 1), { interval: 1 })
      io.drain()
    }
    expect(await ended).toBe(0)
  })

  it('ends well when its reader leaves', async () => {
    const { io, ended } = cli.begin('logs shop --follow')
    await vi.waitFor(() => expect(cli.fake.open.size).toBe(1))
    io.interrupt(0)
    expect(await ended).toBe(0)
  })

  it('says so when the service stops under it', async () => {
    const { io, ended } = cli.begin('logs shop --follow')
    await vi.waitFor(() => expect(cli.fake.open.size).toBe(1))
    await cli.api.server.stop()
    expect(await ended).toBe(1)
    expect(io.stderr).toContain('depin: E_NOT_RUNNING: The service stopped')
  })
})

describe('forward', () => {
  it('prints the address first, says when connections fail, and stays until it is interrupted', async () => {
    const { io, ended } = cli.begin('forward shop web:80 --local 4040 --copy 1')
    await vi.waitFor(() => expect(io.stdout).toBe('127.0.0.1:4040\n'))
    expect(cli.fake.calls).toEqual([{ procedure: 'deployments.forward', input: { name: 'shop', service: 'web', port: 80, localPort: 4040, replica: 1 } }])
    cli.fake.forward = { ...cli.fake.forward, problem: 'The host does not answer.' }
    cli.fake.changed()
    await vi.waitFor(() => expect(io.stderr).toContain('Connections fail: The host does not answer.\n'))
    cli.fake.forward = { ...cli.fake.forward, problem: null }
    cli.fake.changed()
    await vi.waitFor(() => expect(io.stderr).toContain('Connections work again.\n'))
    io.interrupt()
    expect(await ended).toBe(130)
    expect(io.stdout).toBe('127.0.0.1:4040\n')
    await vi.waitFor(() => expect(cli.fake.open.size).toBe(0))
  })

  it('prints a JSON line for every change', async () => {
    cli.fake.forward = { ...cli.fake.forward, host: '::1' }
    const { io, ended } = cli.begin('forward shop web:80 --json')
    await vi.waitFor(() => expect(io.stdout.split('\n')).toHaveLength(2))
    cli.fake.forward = { ...cli.fake.forward, connections: 1, totalConnections: 1 }
    cli.fake.changed()
    await vi.waitFor(() => expect(io.stdout.split('\n')).toHaveLength(3))
    io.interrupt(143)
    expect(await ended).toBe(143)
    expect(io.stdout.trim().split('\n').map((line) => JSON.parse(line) as unknown)).toMatchObject([{ host: '::1', port: 4040, connections: 0 }, { connections: 1 }])
    expect(io.stderr).toBe('')
  })
})
