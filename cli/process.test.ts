/** The program itself, as a shell runs it: its streams, signals and exit codes. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as fixture from '../service/testing/api-fixtures.ts'
import { createFakeApi, type FakeApi } from '../service/testing/fake-api.ts'
import { startApi } from '../service/testing/running-api.ts'

const main = fileURLToPath(new URL('main.ts', import.meta.url))
const line = (text: string) => ({ service: 'web', source: 'stdout' as const, atMs: 1, text, replica: 0 })

let api: Awaited<ReturnType<typeof startApi>>
let fake: FakeApi
let children: ChildProcess[]
beforeEach(async () => {
  children = []
  fake = createFakeApi()
  fake.deployments.set('shop', fixture.deployment)
  api = await startApi({ router: fake.router })
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  await api.stop()
})

function depin(...argv: string[]) {
  const child = spawn(process.execPath, [main, ...argv, '--data-dir', api.dataDir], { stdio: ['pipe', 'pipe', 'pipe'] })
  children.push(child)
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString() })
  const ended = once(child, 'close').then(([exitCode]) => ({ exitCode: exitCode as number | null, stderr }))
  return { child, ended }
}

describe('the program', () => {
  it('prints to a pipe and ends', async () => {
    const { child, ended } = depin('status', '--json')
    const [chunk] = await once(child.stdout, 'data') as [Buffer]
    expect(JSON.parse(chunk.toString())).toEqual({ ...fixture.nodeStatus, dashboard: 'http://127.0.0.1:4848/#token=x' })
    expect(await ended).toEqual({ exitCode: 0, stderr: '' })
  })

  it.each([['SIGINT', 130], ['SIGTERM', 143]] as const)('ends with a word to nobody on %s, with %i', async (signal, exitCode) => {
    fake.logs = [{ lines: [line('one')] }]
    const { child, ended } = depin('logs', 'shop', '--follow')
    await once(child.stdout, 'data')
    child.kill(signal)
    expect(await ended).toEqual({ exitCode, stderr: '' })
  })

  it('ends well when nobody reads it any more', async () => {
    fake.logs = Array.from({ length: 2000 }, () => ({ lines: [line('x'.repeat(1000))] }))
    const { child, ended } = depin('logs', 'shop', '--follow')
    await once(child.stdout, 'data')
    child.stdout.destroy()
    expect(await ended).toEqual({ exitCode: 0, stderr: '' })
  })

  it('reads a compose file from a pipe, and stops reading what has no end', async () => {
    const small = depin('validate', '-')
    small.child.stdin.end('services: {}')
    expect(await small.ended).toEqual({ exitCode: 0, stderr: '' })
    const endless = depin('validate', '-', '--json')
    endless.child.stdin.on('error', () => undefined)
    endless.child.stdin.write(Buffer.alloc(2_000_000))
    const { exitCode, stderr } = await endless.ended
    expect(exitCode).toBe(1)
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'E_TOO_LARGE' } })
  })

  it('is interrupted while it waits for a compose file', async () => {
    const { child, ended } = depin('deploy', '-')
    // more than a pipe holds: it drains when it is read
    child.stdin.write(' '.repeat(200_000))
    await once(child.stdin, 'drain')
    child.kill('SIGINT')
    expect((await ended).exitCode).toBe(130)
  })
})
