import { createServer } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSystemClock } from '../base/index.ts'
import { addDeeds, forgetDeeds, readDeeds } from './journal.ts'
import { clearPanic, isPanic, markPanic } from './mark.ts'
import type { Orders } from './orders.ts'
import { killEverything, type Processes } from './panic.ts'

const clock = createSystemClock()
let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'depin-watchdog-')) })
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const ids = ['a'.repeat(64), 'b'.repeat(64)]
const ordersFor = (socket: string): Orders => ({ version: 1, program: '', node: 'n', engine: `unix://${socket}`, bootId: clock.bootId, leases: [], containerIds: ids })

/** An engine that accepts connections and says nothing. */
async function hungEngine(): Promise<{ socket: string } & AsyncDisposable> {
  const server = createServer(() => undefined)
  const socket = join(folder, 'engine.sock')
  await new Promise<void>((resolve) => void server.listen(socket, resolve))
  return { socket, [Symbol.asyncDispose]: () => new Promise((resolve) => {
    server.closeAllConnections()
    server.close(() => resolve())
  }) }
}

describe('stop everything', () => {
  it('ends the processes itself when the engine hangs, within five seconds', async () => {
    await using engine = await hungEngine()
    const killed: number[] = []
    const freed: string[] = []
    const processes: Processes = {
      of: (id) => id === ids[0] ? [11, 12] : [],
      kill(pid) {
        // one that waits for its turn to write would outlive it
        expect(freed).toEqual(ids)
        killed.push(pid)
      },
      freeWrites: (containerIds) => Promise.resolve(void freed.push(...containerIds)),
    }
    const report = await killEverything(ordersFor(engine.socket), clock, processes)
    expect(report).toMatchObject({ how: 'processes', stopped: 1, left: [{ containerId: ids[1] }] })
    expect(killed).toEqual([11, 12])
    expect(report.tookMs).toBeLessThan(5000)
  })

  it('says when that takes an administrator', async () => {
    const processes: Processes = { of: () => [11], kill: () => { throw Object.assign(new Error('no'), { code: 'EPERM' }) }, freeWrites: () => Promise.resolve() }
    const report = await killEverything(ordersFor(join(folder, 'nothing.sock')), clock, processes)
    expect(report).toMatchObject({ how: 'processes', stopped: 0 })
    expect(report.left.map(({ why }) => why)).toEqual(Array.from({ length: 2 }, () => expect.stringContaining('administrator') as string))
  })
})

describe('what is left for the next start', () => {
  it('is there until it was read', () => {
    const deed = { leaseId: 'one', kind: 'frozen' as const, atMonotonicMs: 5, bootId: 'b', atMs: 7 }
    addDeeds(folder, [deed])
    addDeeds(folder, [{ ...deed, leaseId: 'two' }])
    expect(readDeeds(folder).map(({ leaseId }) => leaseId)).toEqual(['one', 'two'])
    forgetDeeds(folder)
    expect(readDeeds(folder)).toEqual([])
    expect(isPanic(folder)).toBe(false)
    markPanic(folder, 1)
    expect(isPanic(folder)).toBe(true)
    clearPanic(folder)
    expect(isPanic(folder)).toBe(false)
  })
})
