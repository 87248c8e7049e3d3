import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSystemClock } from '../../base/index.ts'
import { until } from '../../testing/wait.ts'
import type { Consent } from '../machine/facts.ts'
import { createSystemRunner } from './runner.ts'
import type { CommandRunner, RunOptions } from './types.ts'

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'depin-runner-')) })
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function runner(consent: Consent | null = 'root'): CommandRunner {
  return createSystemRunner({ clock: createSystemClock(), consent, env: { PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` } })
}
const options = (change: Partial<RunOptions> = {}): RunOptions => ({ admin: false, deadlineMs: 10_000, signal: new AbortController().signal, ...change })
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** A `sudo` that asks nobody. */
function fakeSudo(script: string): void {
  writeFileSync(join(folder, 'sudo'), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, 'sudo'), 0o755)
}

describe('running a command', () => {
  it('tells how it ended, and what it printed', async () => {
    const lines: string[] = []
    expect(await runner().run(['sh', '-c', 'echo one; echo two >&2; printf three; exit 3'], options({ onLine: (line) => lines.push(line) }))).toMatchObject({ exitCode: 3 })
    expect(lines.toSorted()).toEqual(['one', 'three', 'two'])
    expect(await runner().run(['no-such-program-here'], options())).toEqual({ exitCode: 127, stdout: '' })
  })

  it('keeps no more of it than is good', async () => {
    const lines: string[] = []
    const { stdout } = await runner().run(['sh', '-c', 'head -c 6000000 /dev/zero | tr "\\0" x'], options({ onLine: (line) => lines.push(line) }))
    expect(stdout).toHaveLength(4 * 1024 ** 2)
    expect(lines.map((line) => line.length)).toEqual([500])
  })

  it.each([['is cancelled', true], ['is too late', false]])('ends it with all that it started when it %s', async (_, cancels) => {
    const pidPath = join(folder, 'pid')
    const abort = new AbortController()
    const run = runner().run(['sh', '-c', `sleep 60 & echo $! > ${pidPath}; wait`], options({ signal: abort.signal, deadlineMs: cancels ? 60_000 : 300 }))
    const outcome = expect(run).rejects.toThrow(cancels ? 'not wanted any more' : 'took longer than 300 ms')
    await until('it runs', () => existsSync(pidPath) && readFileSync(pidPath, 'utf8') !== '')
    if (cancels) abort.abort(new Error('not wanted any more'))
    await outcome
    await until('what it started is gone', () => !isAlive(Number(readFileSync(pidPath, 'utf8'))))
  })

  it('lets what is detached run on, with its output in a file', async () => {
    const log = join(folder, 'engine.log')
    await runner().detach(['sh', '-c', 'echo up'], log, options())
    await until('it has spoken', () => existsSync(log) && readFileSync(log, 'utf8') === 'up\n')
  })
})

describe('an administrator’s shell', () => {
  it('is opened once, and told one command after the other', async () => {
    fakeSudo(`echo asked >> ${folder}/asked; shift; exec "$@"`)
    const admin = runner('sudo')
    await admin.askConsent(new AbortController().signal)
    const lines: string[] = []
    expect(await admin.run(['sh', '-c', 'echo "it\'s $1"; exit 4', 'sh', '$HOME; exit'], options({ admin: true, onLine: (line) => lines.push(line) }))).toEqual({ exitCode: 4, stdout: 'it\'s $HOME; exit\n' })
    expect(await admin.run(['true'], options({ admin: true }))).toEqual({ exitCode: 0, stdout: '' })
    expect(lines).toEqual(['it\'s $HOME; exit'])
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('asked\n')
    admin.close()
  })

  it('cannot be made to believe that a command has ended', async () => {
    fakeSudo('shift; exec "$@"')
    const admin = runner('sudo')
    expect((await admin.run(['sh', '-c', 'echo 00000000-0000-0000-0000-000000000000 0; exit 7'], options({ admin: true }))).exitCode).toBe(7)
    // and a command that reads takes nothing of what is told next
    expect(await admin.run(['cat'], options({ admin: true }))).toEqual({ exitCode: 0, stdout: '' })
    expect((await admin.run(['true'], options({ admin: true }))).exitCode).toBe(0)
    admin.close()
  })

  it('is not opened when the answer is no, or when there is nobody to ask', async () => {
    fakeSudo('exit 1')
    await expect(runner('sudo').askConsent(new AbortController().signal)).rejects.toMatchObject({ code: 'E_UNAUTHORIZED', message: expect.stringContaining('nothing was changed') as string })
    await expect(runner(null).run(['true'], options({ admin: true }))).rejects.toMatchObject({ code: 'E_UNAUTHORIZED', next: expect.stringContaining('in a terminal') as string })
  })

  it('is given up when nobody answers', async () => {
    fakeSudo('exec sleep 60')
    const abort = new AbortController()
    const asked = expect(runner('sudo').askConsent(abort.signal)).rejects.toThrow('gone')
    abort.abort(new Error('gone'))
    await asked
  })
})
