import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as fixture from '../../service/testing/api-fixtures.ts'
import { FakeService } from '../testing/fake-service.ts'
import { testNowMs } from '../testing/test-io.ts'

const cli = new FakeService()

describe('depin guests end', () => {
  const guest = fixture.guest.leaseId

  it('asks once, and does nothing on any answer but yes, or where nobody can answer', async () => {
    const no = await cli.depin(['guests', 'end', guest], { answers: ['no'] })
    expect(no).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/nginx \+ redis: running.*\nEnd this guest\? \[y\/N\] Nothing was changed/) as string })
    expect(await cli.depin(['guests', 'end', guest])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('add --yes') as string })
    expect(cli.fake.calls).toEqual([])
  })

  it('ends it, with the owner’s words for its renter', async () => {
    expect(await cli.depin(['guests', 'end', guest, '--yes', '--why', 'The machine moves house.'])).toMatchObject({ exitCode: 0, stdout: 'nginx + redis was ended, and its renter is told.\n' })
    expect(cli.fake.calls).toEqual([{ procedure: 'guests.end', input: { leaseId: guest, why: 'The machine moves house.' } }])
    const yes = await cli.depin(['guests', 'end', guest, '--json'], { answers: ['yes'] })
    expect(JSON.parse(yes.stdout)).toMatchObject({ leaseId: guest, state: 'terminated', reason: { code: 'owner-ended' } })
    expect(await cli.depin(['guests', 'end', guest, '--yes', '--why', 'x'.repeat(201)])).toMatchObject({ exitCode: 2 })
  })
})

describe('depin guests evidence', () => {
  const guest = fixture.guest.leaseId

  it('prints what can be shown, or writes it where nobody else reads it, and over nothing', async () => {
    const printed = await cli.depin(['guests', 'evidence', guest])
    expect(JSON.parse(printed.stdout)).toEqual(fixture.evidence)
    expect(cli.fake.calls).toEqual([{ procedure: 'guests.evidence', input: { leaseId: guest } }])
    const file = join(cli.api.dataDir, 'complaint.json')
    expect(await cli.depin(['guests', 'evidence', guest, '--out', 'complaint.json'])).toMatchObject({ exitCode: 0, stdout: `Written to ${file}.\n` })
    expect(readFileSync(file, 'utf8')).toBe(printed.stdout)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(await cli.depin(['guests', 'evidence', guest, '--out', 'complaint.json'])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('E_FILE') as string })
  })
})

describe('a guest whose engine is away', () => {
  it('is not said to run: nobody knows', async () => {
    cli.fake.guests = [{ ...fixture.guest, unseenSinceMs: testNowMs - 300_000 }]
    const { stdout } = await cli.depin(['guests'])
    expect(stdout).toMatch(new RegExp(`^${fixture.guest.leaseId}  nginx \\+ redis  asleep `, 'm'))
    expect(stdout).toContain(`${fixture.guest.leaseId} was running; the engine has not answered for 5m`)
  })
})

describe('a guest that is held back', () => {
  const throttled = { code: 'abuse-scan', detail: '412 were refused.' } as const

  it('says why, to its host and to its renter', async () => {
    cli.fake.guests = [{ ...fixture.guest, throttled }]
    expect((await cli.depin(['guests'])).stdout).toContain(`${fixture.guest.leaseId} is held back: it tried too many new places on the internet (abuse-scan: 412 were refused.)`)
    const { name, replicas } = fixture.deployment
    cli.fake.deployments.set(name, { ...fixture.deployment, replicas: replicas.map((replica) => ({ ...replica, throttled })) })
    expect((await cli.depin(['ps'])).stdout).toContain('copy 0 is held back by its host: it tried too many new places on the internet (abuse-scan: 412 were refused.)')
    expect((await cli.depin(['ps', name])).stdout).toContain('It is held back by its host: it tried too many new places')
  })
})
