/**
 * From one version to another, and back when the other is not well. Every step is durable before the next, and may be the last:
 * whoever comes next reads the journal and goes on.
 *
 *     announced ──► linked ──► restarted ──healthy──► done
 *                                  └──not──► going back ──► linked back ──► restarted ──► unhealthy
 */
import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { Version } from '../../contract/nouns/updates.ts'
import { readJson, syncFolder, type UpdateMemory, updateProblem, writeJsonDurably } from '../../release/index.ts'
import type { Clock } from '../base/index.ts'
import { Keeper, type RunningNode, type ServiceControl } from './control.ts'
import { type Layout, link, linkedVersion, prune } from './layout.ts'
import { askToPutBack } from './put-back.ts'

export type ChangeStep = 'announced' | 'linked' | 'restarted' | 'going-back' | 'put-back-asked' | 'linked-back' | 'restarted-back'

const Journal = z.object({
  kind: z.enum(['forward', 'back']), from: Version, to: Version,
  /** How the service ran when the change began; null: it did not. */
  ran: z.object({ isEngineReady: z.boolean(), keeper: Keeper.nullable() }).nullable(),
})
type Journal = z.infer<typeof Journal>

export interface ChangeDeps {
  layout: Layout
  dataDir: string
  control: ServiceControl
  memory: UpdateMemory
  clock: Clock
  onStep?: (step: ChangeStep) => void
  signal?: AbortSignal
}

/** A version that is well by then, and has been for `settleMs`, stays. */
const healthyDeadlineMs = 120_000
const settleMs = 10_000
const lookEveryMs = 250

/** Runs `to`, a whole version beside the others. E_UPDATE `unhealthy` when the version before is back. */
export async function changeTo(deps: ChangeDeps, to: string): Promise<void> {
  const { layout, control, onStep } = deps
  const before = await control.running()
  const ran = before === null ? null : { isEngineReady: before.isEngineReady, keeper: await control.prepare(null) }
  const journal: Journal = { kind: 'forward', from: linkedVersion(layout), to, ran }
  writeJournal(layout, journal)
  onStep?.('announced')
  link(layout, to)
  onStep?.('linked')
  if (ran === null) done(deps, journal)
  else await goForward(deps, journal)
}

/** Goes on with what was cut off, if anything was. */
export async function resumeChange(deps: ChangeDeps): Promise<void> {
  const journal = readJournal(deps.layout)
  if (journal === null) return
  if (journal.kind === 'back') await goBack(deps, journal)
  else if (linkedVersion(deps.layout) !== journal.to) clear(deps.layout)
  else if (await isWatched(deps, journal)) await goForward(deps, journal)
  else done(deps, journal)
}

/** One that does not run may be one that cannot: it is started to find out, unless its owner has stopped it. */
async function isWatched({ control }: ChangeDeps, { ran }: Journal): Promise<boolean> {
  if (await control.running() !== null) return true
  return ran !== null && await control.prepare(ran.keeper).then(() => true, () => false)
}

async function goForward(deps: ChangeDeps, journal: Journal): Promise<void> {
  const wasEngineReady = journal.ran?.isEngineReady ?? false
  const isThere = (await deps.control.running())?.version === journal.to || await restarts(deps, journal.ran?.keeper ?? null)
  deps.onStep?.('restarted')
  const isWell = ({ version, isEngineReady }: RunningNode): boolean => version === journal.to && (isEngineReady || !wasEngineReady)
  if (isThere && await settles(deps, isWell)) done(deps, journal)
  else await goBack(deps, journal)
}

/** A service manager that cannot start the new version says so: that is an answer too. */
async function restarts({ control }: ChangeDeps, keeper: Keeper | null): Promise<boolean> {
  try {
    await control.prepare(keeper)
    await control.restart()
    return true
  } catch {
    return false
  }
}

async function goBack(deps: ChangeDeps, { from, to, ran }: Journal): Promise<void> {
  const { layout, memory, clock, onStep } = deps
  memory.refuse(to, clock.nowMs())
  writeJournal(layout, { kind: 'back', from, to, ran })
  onStep?.('going-back')
  askToPutBack(deps.dataDir, to)
  onStep?.('put-back-asked')
  link(layout, from)
  onStep?.('linked-back')
  const isStarted = await restarts(deps, ran?.keeper ?? null)
  onStep?.('restarted-back')
  const isBack = isStarted && await settles(deps, ({ version }) => version === from)
  clear(layout)
  throw updateProblem('unhealthy', `Version ${to} did not become healthy here, and ${isBack ? `${from} is back` : `${from} is installed again`}.`, {
    next: isBack ? 'It is not tried again until there is a newer one; “depin update --again” tries it once more.' : 'See service.log in the data directory, and start it: depin serve',
  })
}

async function settles({ control, clock, signal }: ChangeDeps, isWell: (node: RunningNode) => boolean): Promise<boolean> {
  const endMs = clock.monotonicMs() + healthyDeadlineMs
  let wellPid: number | null = null
  let sinceMs = 0
  while (clock.monotonicMs() < endMs) {
    const node = await control.running()
    const pid = node !== null && isWell(node) ? node.pid : null
    if (pid !== wellPid) sinceMs = clock.monotonicMs()
    wellPid = pid
    if (pid !== null && clock.monotonicMs() - sinceMs >= settleMs) return true
    if (pid === null && await control.hasEnded()) return false
    await clock.sleep(lookEveryMs, signal)
  }
  return false
}

function done({ layout }: ChangeDeps, { from, to }: Journal): void {
  clear(layout)
  prune(layout, [from, to])
}

function journalPath({ work }: Layout): string {
  return join(work, 'journal.json')
}

/** One that cannot be read is put aside: the link says which version runs, and that one stays. */
function readJournal(layout: Layout): Journal | null {
  const path = journalPath(layout)
  try {
    return readJson(path, Journal)
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error
    renameSync(path, `${path}.damaged`)
    return null
  }
}

function writeJournal(layout: Layout, journal: Journal): void {
  writeJsonDurably(journalPath(layout), journal)
}

function clear(layout: Layout): void {
  rmSync(journalPath(layout), { force: true })
  syncFolder(layout.work)
}

