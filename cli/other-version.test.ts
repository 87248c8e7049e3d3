import { afterEach, describe, expect, it } from 'vitest'
import { DepinError } from '../contract/errors.ts'
import type { ApiRouter } from '../service/api/index.ts'
import * as fixture from '../service/testing/api-fixtures.ts'
import { createFakeApi } from '../service/testing/fake-api.ts'
import { startApi } from '../service/testing/running-api.ts'
import { explained, ownVersion } from './other-version.ts'
import { type Outcome, runCli } from './testing/test-io.ts'

let api: Awaited<ReturnType<typeof startApi>> | undefined
afterEach(() => api?.stop())

async function askWith(router: ApiRouter, ...argv: string[]): Promise<Outcome> {
  api = await startApi({ router })
  return await runCli(argv, { env: { DEPIN_DATA_DIR: api.dataDir } })
}

describe('a service of another version', () => {
  const skew = { exitCode: 1, stderr: expect.stringMatching(/^depin: E_VERSION: The service is of version 0\.1\.0, this command of unbuilt: .*\nRestart the service: depin stop/) as string }

  it('is named where it lacks what is asked of it', async () => {
    const { guests: _, ...older } = createFakeApi().router
    expect(await askWith(older as ApiRouter, 'guests')).toMatchObject(skew)
  })

  it('is named where its answer is not understood', async () => {
    const fake = createFakeApi()
    fake.guests = [{ ...fixture.guest, dueMicro: undefined as unknown as bigint }]
    expect(await askWith(fake.router, 'guests')).toMatchObject(skew)
    const told = JSON.parse((await runCli(['guests', '--json'], { env: { DEPIN_DATA_DIR: api!.dataDir } })).stderr) as unknown
    expect(told).toMatchObject({ error: { code: 'E_VERSION', details: { service: '0.1.0', command: 'unbuilt' } } })
  })

  it('is no excuse for what has a reason of its own, nor for a fault of the same version', () => {
    const notFound = new DepinError('E_NOT_FOUND', 'There is no app “x”.')
    expect(explained(notFound, '0.0.9')).toBe(notFound)
    expect(explained(new TypeError('x is not a function'), ownVersion)).toMatchObject({ code: 'E_INTERNAL' })
    expect(explained(new TypeError('x is not a function'), undefined)).toMatchObject({ code: 'E_INTERNAL' })
  })
})
