import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Deployment } from '../contract/nouns/deployment.ts'
import * as fixture from '../service/testing/api-fixtures.ts'
import { FakeService } from './testing/fake-service.ts'
import { testNowMs } from './testing/test-io.ts'

const cli = new FakeService({ compose: 'services:\n  web:\n    image: nginx:$TAG\n' })

async function json(line: string): Promise<unknown> {
  const { exitCode, stdout, stderr } = await cli.depin(`${line} --json`)
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout.split('\n')).toHaveLength(2)
  return JSON.parse(stdout)
}

describe('what it prints for people', () => {
  beforeEach(() => vi.stubEnv('TZ', 'UTC'))
  afterEach(() => vi.unstubAllEnvs())

  it.each(['status', 'share', 'guests', 'earnings', 'receipts', 'peers', 'images', 'images rules', 'ps', 'ps shop', 'quote .', 'validate .', 'activity'])('depin %s', async (line) => {
    cli.fake.deployments.set('shop', replacedApp)
    const { exitCode, stdout, stderr } = await cli.depin(line)
    expect({ exitCode, stderr: stderr.replace(/^Asking .*\n/, '') }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatchSnapshot()
    expect(stdout).not.toMatch(/undefined|NaN|\[object|null/)
  })

  it('has colours only where they are seen', async () => {
    expect((await cli.depin('ps', { hasColours: false })).stdout).not.toContain('\u001b')
    cli.fake.deployments.set('shop', fixture.deployment)
    expect((await cli.depin('ps', { hasColours: true })).stdout).toContain('\u001b[1m')
  })
})

const replacedApp: Deployment = {
  ...fixture.deployment, state: 'degraded', why: 'one copy of two runs', copies: 2,
  replicas: [
    { ...fixture.replica, events: [
      { atMs: testNowMs - 90_000, kind: 'running', provider: fixture.peerA, leaseId: fixture.leaseB, reason: null },
      { atMs: testNowMs - 20_000, kind: 'replaced', provider: fixture.peerA, leaseId: fixture.leaseB, reason: { code: 'provider-gone' } },
      { atMs: testNowMs - 10_000, kind: 'running', provider: fixture.peerB, leaseId: fixture.leaseA, reason: null },
    ] },
    { ...fixture.replica, index: 1, state: 'failed', leaseId: null, provider: null, providerLabel: null, services: [], reason: { code: 'image-not-found', detail: 'nginx:nope\u001b[2J' }, events: [] },
  ],
}

describe('what it prints for programs', () => {
  it('is one document of the contract', async () => {
    // as text does: the address that opens the dashboard
    expect(await json('status')).toEqual({ ...fixture.nodeStatus, dashboard: 'http://127.0.0.1:4848/#token=x' })
    expect(await json('peers')).toEqual([fixture.peer])
    expect(await json('doctor')).toEqual([])
    cli.fake.deployments.set('shop', fixture.deployment)
    expect(await json('ps')).toMatchObject([{ name: 'shop', spentMicro: 4560 }])
    expect(await json('ps shop')).toMatchObject({ name: 'shop' })
    expect(await json('rm shop')).toMatchObject({ name: 'shop', state: 'removing' })
    expect(await json('validate .')).toMatchObject({ ok: true, services: [{ name: 'web' }], warnings: [], errors: [] })
    expect(await json('quote .')).toMatchObject({ totalMonthMicro: 4_560_000, problem: null })
    expect(await json('invite --valid 1h')).toEqual({ link: 'depin:invite/abc', expiresAtMs: fixture.nowMs + 3_600_000 })
    expect(await json('join depin:invite/abc')).toEqual(fixture.peer)
  })

  it('has money as whole integers, per lease and in total, by state, earned and spent', async () => {
    const { stdout } = await cli.depin('earnings --json')
    expect(stdout).toContain('"total":{"accruing":93,"signed":9007199254740993,"due":9007199254741086}')
    expect(JSON.parse(stdout)).toMatchObject({
      unit: 'USD', earned: { leases: [{ leaseId: fixture.leaseA, accruing: 93, signed: 12_400, due: 12_493 }] }, spent: { total: { accruing: 0, signed: 0, due: 0 }, leases: [] },
    })
  })

  it('has errors on standard error, with the codes of the service', async () => {
    const plain = await cli.depin('ps nope')
    expect(plain).toEqual({ exitCode: 1, stdout: '', stderr: 'depin: E_NOT_FOUND: There is no app “nope”.\nSee “depin ps”.\n' })
    expect(await cli.depin('ps nope --json')).toEqual({ exitCode: 1, stdout: '', stderr: '{"error":{"code":"E_NOT_FOUND","message":"There is no app “nope”.","next":"See “depin ps”."}}\n' })
    expect(await cli.depin(`join ${'x'.repeat(9_000)}`)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('E_BAD_INPUT: “link”') as string })
    expect(await cli.depin('join depin:expired')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('E_INVITE_EXPIRED') as string })
  })
})
