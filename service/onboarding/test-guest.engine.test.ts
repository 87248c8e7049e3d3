import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createSystemClock, createSystemRng } from '../base/index.ts'
import { createEngineHost } from '../engine/index.ts'
import { type DepinNode, startNode } from '../node.ts'
import { silentLog } from '../testing/deps.ts'
import { roomyMachine } from '../testing/machine.ts'
import { until } from '../testing/wait.ts'

const deps = { clock: createSystemClock(), rng: createSystemRng(), log: silentLog }
let root: string
let node: DepinNode
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'depin-test-guest-'))
  node = await startNode({
    dataDir: join(root, 'data'), stateDir: join(root, 'state'), newIdentity: false, network: { listen: [], bootstrap: [], mdns: false, networkName: 'test-guest', transport: 'memory' },
    http: { host: '127.0.0.1', port: 0 }, dashboardDir: null, version: 'test', share: true, watchdogProgram: null, onStopRequest: () => undefined, onRestoreRequest: () => undefined,
  }, { ...deps, engine: createEngineHost({ ...deps, choice: 'docker' }), inventory: roomyMachine })
  await until('the engine is there', () => node.engine.status().state === 'ready')
  await node.workloads.proven()
})
afterEach(async () => {
  await node.engine.require().keepSpares(node.peerId, 0)
  await node.stop()
  rmSync(root, { recursive: true, force: true })
})

const ended = () => until('the test guest has ended', () => node.onboarding.lastTest()?.state === 'running' ? null : node.onboarding.lastTest(), 60_000)

it('goes the whole way on this computer, and leaves nothing but its accounts', async () => {
  node.onboarding.beginTest()
  const run = await ended()
  expect(run.problem).toBeNull()
  expect(run.steps.map(({ id, state }) => `${id} ${state}`)).toEqual(['image', 'price', 'lease', 'start', 'reach', 'end', 'settle'].map((id) => `${id} done`))
  expect(node.leases.list('provider').map(({ leaseId, phase }) => [leaseId, phase.state])).toEqual([[run.leaseId, 'final']])
  expect(run.voucherMicro! >= run.settledMicro! && run.voucherMicro! > 0n).toBe(true)
  expect(node.ledgerStore.firstBrokenEntry()).toBeNull()
  expect(node.deployments.list()).toEqual([])
  expect(await node.engine.require().listContainers(node.peerId)).toEqual([])
  expect(node.capacity.reservedLeaseIds()).toEqual([])
})

it('comes while a rule would keep it asleep, which counts again afterwards', async () => {
  node.capacity.change({ rules: { inUse: 'asleep' } })
  node.capacity.pushSignals({ idleMs: 0 })
  expect(node.capacity.target()).toMatchObject({ kind: 'asleep', cause: 'in-use' })
  node.onboarding.beginTest()
  expect(await ended()).toMatchObject({ state: 'done', problem: null })
  await until('the rule counts again', () => node.capacity.target().kind === 'asleep')
})

it('says which of the owner’s own rules refuses it', async () => {
  node.images.setRule({ action: 'deny', subject: 'direct' })
  node.onboarding.beginTest()
  const run = await ended()
  expect(run.state).toBe('failed')
  expect(run.problem!.message).toContain('the owner accepts no images of localhost')
  expect(node.deployments.list()).toEqual([])
})
