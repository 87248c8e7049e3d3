import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as fixture from '../../service/testing/api-fixtures.ts'
import { FakeService } from '../testing/fake-service.ts'

const cli = new FakeService()

describe('depin images', () => {
  it.each([
    [['allow', 'registry:ghcr.io'], 'setRule', { action: 'allow', subject: 'registry:ghcr.io' }],
    [['deny', `sha256:${'a'.repeat(64)}`], 'setRule', { action: 'deny', subject: `sha256:${'a'.repeat(64)}` }],
    [['forget', 'direct'], 'removeRule', { subject: 'direct' }],
    [['only-allowed', 'on'], 'setOnlyAllowed', { on: true }],
    [['subscribe', 'https://example.org/l', '--key', fixture.peerA], 'subscribe', { source: 'https://example.org/l', publisher: fixture.peerA }],
    [['unsubscribe', '/srv/list.json'], 'unsubscribe', { source: '/srv/list.json' }],
    [['rm', '1a1a1a1a1a'], 'remove', { config: fixture.cachedImage.config }],
  ])('%s', async (argv, procedure, input) => {
    expect(await cli.depin(['images', ...argv])).toMatchObject({ exitCode: 0, stderr: '' })
    expect(cli.fake.calls).toEqual([{ procedure: `images.${procedure}`, input }])
  })

  it('signs what a file lists, and says which line is wrong', async () => {
    writeFileSync(join(cli.api.dataDir, 'good'), '# miners\n\nregistry:example.org   a miner of coins\ndirect\n')
    expect(await cli.depin(['images', 'sign', join(cli.api.dataDir, 'good'), '--name', 'village', '--valid', '2h'])).toMatchObject({ exitCode: 0, stdout: '{}\n' })
    expect(cli.fake.calls[0]!.input).toEqual({ name: 'village', validForMs: 7_200_000, entries: [{ subject: 'registry:example.org', why: 'a miner of coins' }, { subject: 'direct', why: '' }] })
    writeFileSync(join(cli.api.dataDir, 'bad'), 'nginx\n')
    expect(await cli.depin(['images', 'sign', join(cli.api.dataDir, 'bad'), '--name', 'village'])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('“nginx”') as string })
  })

  it('removes nothing by half a name', async () => {
    for (const name of ['1a', 'ffffffff']) expect((await cli.depin(['images', 'rm', name])).stderr).toMatch(/E_NOT_FOUND/)
    expect(cli.fake.calls).toEqual([])
  })
})
