import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDataDir } from '../../service/identity/index.ts'
import { createSystemClock, createSystemRng } from '../../service/base/index.ts'
import * as fixture from '../../service/testing/api-fixtures.ts'
import { createFakeApi } from '../../service/testing/fake-api.ts'
import { startApi } from '../../service/testing/running-api.ts'
import * as service from '../../service/entry.ts'
import { runCli } from '../testing/test-io.ts'

describe('depin words', () => {
  it('shows them as a file that confirms them again', async () => {
    const fake = createFakeApi()
    const api = await startApi({ router: fake.router })
    const run = (argv: string[], input = '') => runCli(argv, { cwd: api.dataDir, env: { DEPIN_DATA_DIR: api.dataDir }, input })
    const shown = await run(['words'])
    expect(shown.stdout).toMatch(new RegExp(`^# Depin: the 12 words of ${fixture.peerA}\n#.*\n${fixture.words.join(' ')}\n$`))
    expect(JSON.parse((await run(['words', '--json'])).stdout)).toEqual({ peerId: fixture.peerA, words: fixture.words })
    writeFileSync(join(api.dataDir, 'kept.txt'), shown.stdout)
    expect(await run(['words', '--confirm', 'kept.txt'])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('this computer’s key') as string })
    expect(await run(['words', '--confirm', '-'], fixture.words.join('\n'))).toMatchObject({ exitCode: 0 })
    expect(fake.calls).toEqual([{ procedure: 'key.confirm', input: { text: shown.stdout } }, { procedure: 'key.confirm', input: { text: fixture.words.join('\n') } }])
    expect((await run(['words', '--confirm', 'nowhere.txt'])).stderr).toMatch(/E_FILE/)
    await api.stop()
  })
})

describe('depin restore', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'depin-cli-restore-'))
    process.env['DEPIN_STATE_DIR'] = join(root, 'state')
  })
  afterEach(() => {
    delete process.env['DEPIN_STATE_DIR']
    rmSync(root, { recursive: true, force: true })
  })
  const restore = (options: { argv?: string[], input?: string, answers?: string[] }) => runCli(['restore', '--data-dir', join(root, 'data'), ...options.argv ?? []], {
    service, cwd: root, ...options.input !== undefined && { input: options.input }, ...options.answers !== undefined && { answers: options.answers },
  })
  const open = () => openDataDir({ path: join(root, 'data'), stateDir: join(root, 'state'), newIdentity: false, clock: createSystemClock(), rng: createSystemRng() })

  it('takes them from a file, from a pipe, or from the person at the terminal', async () => {
    writeFileSync(join(root, 'kept.txt'), `# mine\n${fixture.words.join(' ')}\n`)
    const first = await restore({ argv: ['--file', 'kept.txt', '--json'] })
    const { peerId } = JSON.parse(first.stdout) as { peerId: string }
    const dir = open()
    expect([dir.identity.peerId, dir.identity.words()]).toEqual([peerId, fixture.words])
    dir.close()
    expect((await restore({ input: fixture.words.join(' ') })).stdout).toContain(`already is ${peerId}`)
    expect((await restore({ answers: [fixture.words.join(' ')] })).stdout).toContain(`already is ${peerId}`)
  })

  it('refuses what are no words, and a directory that a service runs on, and changes nothing', async () => {
    expect(await restore({ input: 'correct horse battery staple' })).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^depin: E_BAD_INPUT: These are 4 words/) as string })
    expect(existsSync(join(root, 'data'))).toBe(false)
    const running = open()
    expect((await restore({ input: fixture.words.join(' ') })).stderr).toMatch(/^depin: E_DATA_DIR_LOCKED/)
    running.close()
    const after = open()
    expect(after.identity.peerId).toBe(running.identity.peerId)
    after.close()
  })
})
