import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DepinError } from '../../contract/errors.ts'
import { everyHour } from '../../contract/nouns/owner.ts'
import { createSystemClock, createSystemRng } from '../base/index.ts'
import { restoreDataDir, seedFromWords, wordsOf } from '../identity/index.ts'
import { type DepinNode, type NodeOptions, startNode } from '../node.ts'
import { createFakeDaemon } from '../testing/fake-engine.ts'
import { silentLog } from '../testing/deps.ts'
import { roomyMachine } from '../testing/machine.ts'
import { bundleOf } from '../testing/testnet.ts'
import { until } from '../testing/wait.ts'

const deps = { clock: createSystemClock(), rng: createSystemRng(), log: silentLog }
const web = 'services: { web: { image: "web:1", cpus: 0.25, mem_limit: 64m } }\n'

let root: string
let nodes: DepinNode[]
const restores: Uint8Array[] = []
beforeEach(() => {
  // as entry.ts does: files of the database come into being without our asking
  process.umask(0o077)
  root = mkdtempSync(join(tmpdir(), 'depin-onboarding-'))
  nodes = []
  restores.length = 0
})
afterEach(async () => {
  await Promise.all(nodes.map((node) => node.stop()))
  rmSync(root, { recursive: true, force: true })
})

async function start(name = 'data', options: Partial<NodeOptions> = {}): Promise<DepinNode> {
  const daemon = createFakeDaemon(deps, { images: [{ ref: 'web:1' }] })
  const node = await startNode({
    dataDir: join(root, name), stateDir: join(root, 'state'), newIdentity: false, network: { listen: [], bootstrap: [], mdns: false, networkName: 'onboarding', transport: 'memory' },
    http: { host: '127.0.0.1', port: 0 }, dashboardDir: null, version: 'test', share: false, watchdogProgram: null,
    onStopRequest: () => undefined, onRestoreRequest: (seed) => void restores.push(seed), ...options,
  }, { ...deps, engine: daemon.host(), inventory: roomyMachine })
  nodes.push(node)
  return node
}
async function stop(node: DepinNode): Promise<void> {
  nodes = nodes.filter((each) => each !== node)
  await node.stop()
}
const code = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return (error as DepinError).code
  }
  return 'none'
}

describe('how far Setup is', () => {
  it('is due on a first run, and is kept with all that was said in it', async () => {
    const first = await start()
    expect(first.onboarding.get()).toMatchObject({ state: 'due', step: 'welcome', purpose: null, keySavedAtMs: null })
    first.onboarding.save({ step: 'share', purpose: 'both', language: 'ar', assumptions: { kilowattHourMicro: 140_000n } })
    await stop(first)
    const second = await start()
    const kept = second.onboarding.get()
    expect(kept).toMatchObject({ state: 'due', step: 'share', purpose: 'both', language: 'ar' })
    expect(kept.assumptions).toMatchObject({ kilowattHourMicro: 140_000n, rentedLowPercent: 25 })
    second.onboarding.save({ state: 'done' })
    expect(second.onboarding.get()).toMatchObject({ state: 'done', step: 'share' })
  })

  it('is durable when it is answered: another handle on the same file reads it at once', async () => {
    const node = await start()
    node.onboarding.save({ step: 'safety' })
    const { openDatabase, getMeta } = await import('../database/index.ts')
    const other = openDatabase({ path: join(root, 'data/depin.db') })
    expect(getMeta(other.read, 'onboarding')).toContain('"step":"safety"')
    other.close()
  })

  it('is not asked of who decided without it', async () => {
    const node = await start()
    node.capacity.change({ on: true })
    expect(node.onboarding.get().state).toBe('done')
  })
})

describe('the words', () => {
  it('count as saved when they were shown, and no others', async () => {
    const node = await start()
    const { words, peerId } = node.onboarding.words()
    expect([words.length, peerId]).toEqual([12, node.peerId])
    expect(code(() => node.onboarding.confirmWords(wordsOf(new Uint8Array(16)).join(' ')))).toBe('E_CONFLICT')
    expect(code(() => node.onboarding.confirmWords('hello'))).toBe('E_BAD_INPUT')
    expect(node.onboarding.get().keySavedAtMs).toBeNull()
    expect(node.onboarding.confirmWords(`# a file\n${words.join(' ')}\n`).keySavedAtMs).not.toBeNull()
  })

  it('make a running node the one that they are of, with what its owner had decided here', async () => {
    const old = await start('old')
    const { words, peerId } = old.onboarding.words()
    await stop(old)
    const node = await start()
    node.capacity.change({ label: 'study-pc' })
    const before = node.peerId
    expect(node.onboarding.restore(words.join(' '))).toEqual({ peerId, outcome: 'restored' })
    // until it is so, and if it cannot be, the key that is here is not one whose words are known
    expect(node.onboarding.get().keySavedAtMs).toBeNull()
    await until('the order came', () => restores.length === 1)
    await stop(node)
    // as entry.ts does
    restoreDataDir({ ...deps, path: join(root, 'data'), stateDir: join(root, 'state'), newIdentity: false, seed: restores[0]!, usedFor: () => null })
    const after = await start()
    expect([after.peerId, after.capacity.settings().label, after.onboarding.get().keySavedAtMs !== null]).toEqual([peerId, 'study-pc', true])
    expect(after.network.peerId).not.toBe(before)
    expect(after.onboarding.restore(words.join(' '))).toEqual({ peerId, outcome: 'same' })
  })

  it('do not take the place of an identity that has leased', async () => {
    const node = await start()
    node.capacity.change({ on: true, limits: { cpuMilli: 1000, memoryMiB: 512, diskMiB: 4096 } })
    await node.deployments.create(bundleOf(web), { name: 'mine', providers: [node.peerId] })
    await until('it is leased', () => node.ledgerStore.channels().length > 0)
    const other = wordsOf(new Uint8Array(16).fill(3)).join(' ')
    expect(code(() => node.onboarding.restore(other))).toBe('E_CONFLICT')
    await stop(node)
    // nor offline, and a database that belongs to another key is no inheritance
    restoreDataDir({ ...deps, path: join(root, 'data'), stateDir: join(root, 'state'), newIdentity: false, seed: seedFromWords(other), usedFor: () => null })
    await expect(start()).rejects.toMatchObject({ code: 'E_DATA_DIR_DAMAGED' })
  })
})

describe('the test guest', () => {
  it('says what keeps it from coming, and leaves nothing behind', async () => {
    const node = await start()
    node.onboarding.beginTest()
    const off = await until('it failed', () => node.onboarding.lastTest()?.state === 'failed' ? node.onboarding.lastTest() : null)
    expect(off.problem).toMatchObject({ code: 'E_CONFLICT', next: 'Turn sharing on and try again.' })
    expect(off.steps.map(({ state }) => state)).toEqual(['failed', ...Array<string>(6).fill('waiting')])
    expect(node.deployments.list()).toEqual([])
  })

  it('is removed at the next start where a crash left it', async () => {
    const node = await start()
    node.capacity.change({ on: true, limits: { cpuMilli: 1000, memoryMiB: 512, diskMiB: 4096 } })
    await node.deployments.create(bundleOf(web), { name: 'depin-test-guest', providers: [node.peerId] })
    const { setMeta } = await import('../database/index.ts')
    node.database.transaction((tx) => setMeta(tx, 'test-guest', 'there'))
    await stop(node)
    const again = await start()
    await until('it is gone', () => again.deployments.list().length === 0)
  })

  it('lifts no rule of the owner’s beyond its own time, also where a crash ended it', async () => {
    const node = await start()
    node.capacity.change({ on: true, limits: { cpuMilli: 1000, memoryMiB: 512, diskMiB: 4096 }, rules: { hours: { on: true, grid: everyHour().map((day) => day.map(() => false)) } } })
    expect(node.capacity.target()).toMatchObject({ kind: 'asleep' })
    node.onboarding.beginTest()
    expect(node.capacity.target().kind).not.toBe('asleep')
    // the power goes
    const [database, copy] = ['data', 'copy'].map((name) => join(root, name, 'depin.db')) as [string, string]
    cpSync(join(root, 'data'), join(root, 'copy'), { recursive: true })
    await stop(node)
    for (const end of ['', '-wal', '-shm']) rmSync(database + end, { force: true })
    for (const end of ['', '-wal']) if (existsSync(copy + end)) cpSync(copy + end, database + end)
    const again = await start()
    await until('the rule counts again', () => again.capacity.target().kind === 'asleep', 5_000)
  })

  it('never takes an app of the owner’s for its own', async () => {
    const node = await start()
    node.capacity.change({ on: true, limits: { cpuMilli: 1000, memoryMiB: 512, diskMiB: 4096 } })
    await node.deployments.create(bundleOf(web), { name: 'depin-test-guest', providers: [node.peerId] })
    node.onboarding.beginTest()
    const run = await until('it failed', () => node.onboarding.lastTest()?.state === 'failed' ? node.onboarding.lastTest() : null)
    expect(run.problem?.code).toBe('E_CONFLICT')
    expect(node.deployments.get('depin-test-guest').name).toBe('depin-test-guest')
  })
})
