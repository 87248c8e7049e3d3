/** `depin update`: looks, brings, unpacks and changes over, in this process and apart from the service. */
import { join } from 'node:path'
import { DepinError } from '../../contract/errors.ts'
import type { UpdateChannel, UpdateState, UpdateStatus } from '../../contract/nouns/updates.ts'
import { loadRemembered, type ReleaseKey, type Statement, type UpdateMemory, updateProblem } from '../../release/index.ts'
import type { Clock, Logger } from '../base/index.ts'
import { type ChangeDeps, type ChangeStep, changeTo, resumeChange } from './change.ts'
import { createServiceControl, type ServiceControl } from './control.ts'
import { beginsAnew } from './damage.ts'
import { download } from './download.ts'
import { wayOf } from './installation.ts'
import { type Layout, layoutOf, linkedVersion, memoryPathOf } from './layout.ts'
import { acquireUpdateLock } from './lock.ts'
import { lookForUpdate, refusal } from './look.ts'
import type { Installation } from './types.ts'
import { unpack } from './unpack.ts'

export interface UpdateRunOptions {
  dataDir: string
  installation: Installation
  /** Null: none is built in, and none was named. */
  feed: string | null
  keys: readonly ReleaseKey[]
  /** Null: the one that was chosen last. */
  channel: UpdateChannel | null
  /** Only look. */
  checkOnly: boolean
  /** Also a version that did not become healthy before, or is for others first. */
  again: boolean
}

export interface UpdateRunDeps {
  clock: Clock
  control?: ServiceControl
  onStatus: (status: UpdateStatus) => void
  onStep?: (step: RunStep) => void
  log?: Logger
  signal?: AbortSignal
}

export type RunStep = 'looked' | 'downloaded' | 'unpacked' | ChangeStep

/** Gives how it ended: `idle` with the version that is installed then, or `available` when it only looked. Throws what kept it. */
export async function runUpdate(options: UpdateRunOptions, deps: UpdateRunDeps): Promise<UpdateStatus> {
  const { installation, feed } = options
  const way = wayOf(installation, feed !== null && options.keys.length > 0)
  if (installation.kind === 'elsewhere') throw elsewhereError(installation.owner, way.kind === 'elsewhere' ? way.command : '')
  if (feed === null || options.keys.length === 0) {
    throw new DepinError('E_UPDATE', 'This build does not know where releases are, or whose signature counts.', { next: 'Name a mirror with --feed URL, or install a release.', details: { reason: 'not-signed' } })
  }
  const layout = layoutOf(installation.root)
  const release = acquireUpdateLock(layout.work)
  try {
    const memory = memoryOf(layout, options, deps)
    if (options.channel !== null) memory.setChannel(options.channel)
    const tell = (state: UpdateState): UpdateStatus => {
      const status = { installed: linkedVersion(layout), channel: memory.channel, way, state }
      deps.onStatus(status)
      return status
    }
    const control = deps.control ?? createServiceControl({ dataDir: options.dataDir, program: join(layout.root, 'current/bin/depin'), clock: deps.clock })
    const change: ChangeDeps = { layout, dataDir: options.dataDir, memory, control, ...deps }
    if (!options.checkOnly) await resumeChange(change)
    tell({ kind: 'checking' })
    const installed = linkedVersion(layout)
    const offer = await lookForUpdate({ feed, keys: options.keys, memory, clock: deps.clock, installed, platform: installation.platform }, memory.channel, deps.signal)
    deps.onStep?.('looked')
    if (offer.kind === 'none') return tell({ kind: 'idle', checkedAtMs: deps.clock.nowMs() })
    const { statement } = offer
    const why = offer.refused && !options.again ? refusal(statement.version, memory) : null
    if (why !== null && !options.checkOnly) throw why
    if (why !== null) return tell({ kind: 'failed', version: statement.version, reason: 'unhealthy', message: why.message, atMs: memory.refusedAtMs(statement.version) ?? deps.clock.nowMs() })
    if (options.checkOnly || (offer.staged && !options.again)) return tell({ kind: 'available', version: statement.version, bytes: statement.bytes, staged: offer.staged })
    memory.forgive(statement.version)
    await bring(layout, feed, statement, deps, tell)
    tell({ kind: 'installing', version: statement.version })
    await changeTo(change, statement.version)
    return tell({ kind: 'idle', checkedAtMs: deps.clock.nowMs() })
  } finally {
    release()
  }
}

/** Where what counts of it is lost, only whoever says so begins anew: an older version could be passed off as new. */
function memoryOf(layout: Layout, { again }: UpdateRunOptions, { log }: UpdateRunDeps): UpdateMemory {
  const path = memoryPathOf(layout)
  const remembered = loadRemembered(path, linkedVersion(layout), (message, fields) => log?.warn(message, fields))
  if (remembered.memory() === null && again) remembered.beginAnew()
  const memory = remembered.memory()
  if (memory !== null) return memory
  throw updateProblem('memory-damaged', `What is remembered of newer versions is damaged, so none is believed: ${path}`, { next: `Begin anew with “${beginsAnew}”: the feed is believed once without being compared with what it said before.` })
}

async function bring(layout: Layout, feed: string, statement: Statement, deps: UpdateRunDeps, tell: (state: UpdateState) => void): Promise<void> {
  const path = join(layout.work, `${statement.sha512.slice(0, 32)}.tar.gz`)
  const { signal, clock } = deps
  const state = (doneBytes: number): UpdateState => ({ kind: 'downloading', version: statement.version, doneBytes, totalBytes: statement.bytes })
  tell(state(0))
  await download({ feed, statement, path, clock, onProgress: (doneBytes) => tell(state(doneBytes)), ...signal !== undefined && { signal } })
  deps.onStep?.('downloaded')
  await unpack(layout, path, statement, signal)
  deps.onStep?.('unpacked')
}

const owners: Record<Extract<Installation, { kind: 'elsewhere' }>['owner'], string> = {
  checkout: 'This is a checkout of the sources.',
  deb: 'The package manager (apt) owns these files.',
  rpm: 'The package manager (dnf) owns these files.',
  container: 'This runs in a container, whose image has the program.',
  unknown: 'This copy was put here by hand, not as a version beside others.',
}

function elsewhereError(owner: Extract<Installation, { kind: 'elsewhere' }>['owner'], command: string): DepinError {
  return new DepinError('E_CONFLICT', owners[owner], { next: `To update it: ${command}`, details: { owner, command } })
}
