import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SetupRun } from '../../contract/nouns/engine-setup.ts'
import { DebianRoot } from '../testing/debian-root.ts'
import { setupIn } from '../testing/debian-setup.ts'
import { until } from '../testing/wait.ts'
import { journalName } from './run/journal.ts'

const top = fileURLToPath(new URL('../..', import.meta.url))
let root: DebianRoot
let dataDir: string
let before: string[]
beforeAll(() => {
  root = DebianRoot.create(join(top, '.cache/setup'))
  dataDir = mkdtempSync(join(tmpdir(), 'depin-setup-'))
  before = root.packages()
}, 900_000)
afterAll(() => {
  root.remove()
  rmSync(dataDir, { recursive: true, force: true })
})

async function last(runs: AsyncIterable<SetupRun>): Promise<SetupRun> {
  let run: SetupRun | undefined
  for await (run of runs);
  return run!
}

const statesOf = (run: SetupRun): string => run.steps.map(({ id, state }) => `${id} ${state}`).join(', ')

/** In the middle: some packages are unpacked, none of the engine's is ready. */
function isHalfInstalled(): boolean {
  const states = root.packages().filter((line) => !before.includes(line))
  return states.some((line) => / (unpacked|half-installed|half-configured|triggers-awaited)$/.test(line))
}

describe('a Debian without an engine', () => {
  it('cut off in the middle of the installation is as it was before when that is taken back', async () => {
    await cutOff()
    expectAsBefore(await last(setupIn(root, dataDir).undo()))
  }, 900_000)

  it('is cut off in the middle once more', cutOff, 700_000)

  it('goes on from there, to an engine that answers', async () => {
    const setup = setupIn(root, dataDir)
    expect(setup.last()).toMatchObject({ state: 'interrupted' })
    const plan = await setup.plan(null)
    if (plan.kind !== 'install') throw new Error(`it would ${plan.kind}`)
    expect(plan.sentences).toContain('It goes on where it was interrupted.')
    const run = await last(setup.setup(plan.planId))
    expect(run.problem).toBeNull()
    expect(statesOf(run)).toBe('refresh done, repair done, install done, dockerd done, wait already')
    expect(run.did.join('\n')).toContain('docker.io')
    expect(await setup.plan(null)).toMatchObject({ kind: 'ready', engine: { name: 'Docker', state: 'running' } })
  }, 900_000)

  it('shares', async () => {
    const nodeDir = join(dataDir, 'node')
    const serve = depin(['serve', '--engine', root.socket, '--share', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--json'], nodeDir)
    try {
      const [line] = await once(createInterface(serve.stdout!), 'line') as [string]
      expect(JSON.parse(line)).toMatchObject({ event: 'ready', engine: { state: 'ready', kind: 'docker', socket: `unix://${root.socket}` } })
      // the attack from inside comes first
      await until('it shares', async () => {
        const status = depin(['status', '--json'], nodeDir)
        const [answer] = await once(createInterface(status.stdout!), 'line') as [string]
        return (JSON.parse(answer) as { sharing: { kind: string } }).sharing.kind === 'ready'
      }, 60_000)
    } finally {
      serve.kill('SIGTERM')
      await once(serve, 'exit')
    }
  }, 120_000)

  it('is as it was before when it is taken back', async () => {
    expectAsBefore(await last(setupIn(root, dataDir).undo()))
    await until('its engine is gone', () => !existsSync(join(root.path, 'run/docker.pid')))
  }, 300_000)
})

/** The power goes while packages are half there. */
async function cutOff(): Promise<void> {
  const program = spawn(process.execPath, [join(top, 'service/testing/debian-setup-main.ts'), root.path, dataDir], { stdio: 'ignore' })
  const ended = once(program, 'exit')
  await until('packages are half installed', isHalfInstalled, 600_000)
  program.kill('SIGKILL')
  root.cutPower()
  await ended
  expect(execFileSync('dpkg', [`--admindir=${join(root.path, 'var/lib/dpkg')}`, '--audit'], { encoding: 'utf8' })).not.toBe('')
  expect(readFileSync(join(dataDir, journalName), 'utf8')).toContain('"begun"')
}

function expectAsBefore(run: SetupRun): void {
  expect(run).toMatchObject({ kind: 'undo', state: 'done', problem: null })
  expect(run.steps.filter(({ state }) => state === 'kept')).toEqual([])
  expect(root.packages()).toEqual(before)
}

function depin(args: readonly string[], nodeDir: string): ChildProcess {
  return spawn(process.execPath, [join(top, 'cli/main.ts'), '--data-dir', nodeDir, ...args], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, DEPIN_STATE_DIR: join(dataDir, 'state') } })
}
