import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acquireLock, withLock } from './lock.mjs'

let folder = ''
let path = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'depin-lock-'))
  path = join(folder, 'a.lock')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(child, 'exit')
  return child.pid ?? 0
}

describe('the set-up lock', () => {
  it('lets the second in when the first is out, and says whom it waits for', async () => {
    const order: string[] = []
    const first = await acquireLock(path)
    let waitsFor = 0
    const second = withLock(path, () => Promise.resolve(void order.push('second')), (pid) => {
      waitsFor = pid
      order.push('first')
      first.release()
    })
    await second
    expect(order).toEqual(['first', 'second'])
    expect(waitsFor).toBe(process.pid)
    expect(readdirSync(folder)).toEqual([])
  })

  it('is released when the work fails', async () => {
    await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(existsSync(path)).toBe(false)
  })

  it('takes the place of a holder that died', async () => {
    writeFileSync(path, JSON.stringify({ id: 'old', processes: [{ pid: await deadPid(), started: '1' }] }))
    await withLock(path, () => Promise.resolve())
    expect(readdirSync(folder)).toEqual([])
  })

  it.runIf(process.platform === 'linux')('takes the place of a holder whose pid is now another process', async () => {
    writeFileSync(path, JSON.stringify({ id: 'old', processes: [{ pid: process.pid, started: '1' }] }))
    await withLock(path, () => Promise.resolve())
  })

  it('is held as long as one of its processes lives', async () => {
    const npm = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] })
    const started = await identify(npm.pid ?? 0)
    writeFileSync(path, JSON.stringify({ id: 'old', processes: [{ pid: await deadPid(), started: '1' }, started] }))
    const waited: number[] = []
    await withLock(path, () => Promise.resolve(), (pid) => {
      waited.push(pid)
      npm.stdin.end()
    })
    expect(waited).toEqual([npm.pid])
  })

  it('takes the place of a file that was never finished, once it is old', async () => {
    writeFileSync(path, '{"id":')
    utimesSync(path, 1, 1)
    await withLock(path, () => Promise.resolve())
  })

  it('lets one process in at a time, also over a stale lock', async () => {
    writeFileSync(path, JSON.stringify({ id: 'old', processes: [{ pid: await deadPid(), started: '1' }] }))
    const counter = join(folder, 'counter')
    writeFileSync(counter, '0')
    // Reads, yields, writes: increments are lost as soon as two are inside.
    const script = `
      import { readFileSync, writeFileSync } from 'node:fs'
      import { withLock } from ${JSON.stringify(new URL('./lock.mjs', import.meta.url).href)}
      for (let i = 0; i < 10; i++) await withLock(${JSON.stringify(path)}, async () => {
        const count = Number(readFileSync(${JSON.stringify(counter)}, 'utf8'))
        await new Promise(setImmediate)
        writeFileSync(${JSON.stringify(counter)}, String(count + 1))
      })`
    await Promise.all(Array.from({ length: 3 }, async () => await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])))
    expect(readFileSync(counter, 'utf8')).toBe('30')
  })
})

/** As the lock itself would note the process. */
async function identify(pid: number): Promise<{ pid: number, started: string }> {
  const other = join(folder, 'other.lock')
  const lock = await acquireLock(other)
  lock.alsoHeldBy(pid)
  const { processes } = JSON.parse(readFileSync(other, 'utf8')) as { processes: { pid: number, started: string }[] }
  lock.release()
  return processes.find((each) => each.pid === pid) ?? { pid, started: '' }
}
