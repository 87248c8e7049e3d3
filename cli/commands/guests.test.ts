import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as fixture from '../../service/testing/api-fixtures.ts'
import { createFakeApi, type FakeApi } from '../../service/testing/fake-api.ts'
import { startApi } from '../../service/testing/running-api.ts'
import { type Outcome, runCli, testNowMs } from '../testing/test-io.ts'

let api: Awaited<ReturnType<typeof startApi>>
let fake: FakeApi
beforeEach(async () => {
  fake = createFakeApi()
  api = await startApi({ router: fake.router })
})
afterEach(() => api.stop())

const depin = (...argv: string[]): Promise<Outcome> => runCli(argv, { cwd: api.dataDir, env: { DEPIN_DATA_DIR: api.dataDir } })

describe('depin guests evidence', () => {
  const guest = fixture.guest.leaseId

  it('prints what can be shown, or writes it where nobody else reads it, and over nothing', async () => {
    const printed = await depin('guests', 'evidence', guest)
    expect(JSON.parse(printed.stdout)).toEqual(fixture.evidence)
    expect(fake.calls).toEqual([{ procedure: 'guests.evidence', input: { leaseId: guest } }])
    const file = join(api.dataDir, 'complaint.json')
    expect(await depin('guests', 'evidence', guest, '--out', 'complaint.json')).toMatchObject({ exitCode: 0, stdout: `Written to ${file}.\n` })
    expect(readFileSync(file, 'utf8')).toBe(printed.stdout)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(await depin('guests', 'evidence', guest, '--out', 'complaint.json')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('E_FILE') as string })
  })
})

describe('a guest whose engine is away', () => {
  it('is not said to run: nobody knows', async () => {
    fake.guests = [{ ...fixture.guest, unseenSinceMs: testNowMs - 300_000 }]
    const { stdout } = await depin('guests')
    expect(stdout).toMatch(new RegExp(`^${fixture.guest.leaseId}  nginx \\+ redis  asleep `, 'm'))
    expect(stdout).toContain(`${fixture.guest.leaseId} was running; the engine has not answered for 5m`)
  })
})

describe('a guest that is held back', () => {
  const throttled = { code: 'abuse-scan', detail: '412 were refused.' } as const

  it('says why, to its host and to its renter', async () => {
    fake.guests = [{ ...fixture.guest, throttled }]
    expect((await depin('guests')).stdout).toContain(`${fixture.guest.leaseId} is held back: it tried too many new places on the internet (abuse-scan: 412 were refused.)`)
    const { name, replicas } = fixture.deployment
    fake.deployments.set(name, { ...fixture.deployment, replicas: replicas.map((replica) => ({ ...replica, throttled })) })
    expect((await depin('ps')).stdout).toContain('copy 0 is held back by its host: it tried too many new places on the internet (abuse-scan: 412 were refused.)')
    expect((await depin('ps', name)).stdout).toContain('It is held back by its host: it tried too many new places')
  })
})
