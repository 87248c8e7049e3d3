import { readdirSync, readFileSync } from 'node:fs'
import type { PanicReport } from '../../contract/nouns/panic.ts'
import type { Clock } from '../base/index.ts'
import { freeWritesOf } from '../engine/index.ts'
import { type EngineContainer, EngineLine } from './engine-line.ts'
import type { Orders } from './orders.ts'

/** An engine that has not answered after this is left alone, ms: all of it is to be over within five seconds. */
const engineDeadlineMs = 2_000

/** What the operating system knows of processes; replaced in tests. */
export interface Processes {
  /** Those in the cgroup of this container. Empty where it cannot be known. */
  of(containerId: string): number[]
  kill(pid: number): void
  /** Never throws. */
  freeWrites(containerIds: readonly string[]): Promise<void>
}

/** Kills every container that belongs to this node. Never throws: the report says what could not be done. */
export async function killEverything(orders: Orders, clock: Clock, processes: Processes = machineProcesses): Promise<PanicReport> {
  const startedMs = clock.monotonicMs()
  // what waits for its turn to write does not die before it has written
  await processes.freeWrites(orders.containerIds)
  const byEngine = await askEngine(orders, clock)
  const outcome = byEngine ?? endProcesses(orders.containerIds, processes)
  return { ...outcome, tookMs: clock.monotonicMs() - startedMs }
}

/** Null: the engine does not answer. */
async function askEngine(orders: Orders, clock: Clock): Promise<Omit<PanicReport, 'tookMs'> | null> {
  const line = new EngineLine(orders.engine, clock, engineDeadlineMs)
  try {
    const running = (await line.list(orders.node)).filter((container) => container.state !== 'gone')
    const results = await Promise.all(running.map((container) => tryToKill(line, container)))
    const left = results.filter((result) => result !== null)
    // one that hangs in the middle is as good as gone: the rest is up to the operating system
    if (left.length > 0 && left.length === running.length) return null
    return { stopped: running.length - left.length, left, how: running.length === 0 ? 'none' : 'engine' }
  } catch {
    return null
  }
}

async function tryToKill(line: EngineLine, container: EngineContainer): Promise<PanicReport['left'][number] | null> {
  try {
    await line.kill(container)
    return null
  } catch (error) {
    return { containerId: container.id, why: error instanceof Error ? error.message : String(error) }
  }
}

function endProcesses(containerIds: readonly string[], processes: Processes): Omit<PanicReport, 'tookMs'> {
  const left: PanicReport['left'] = []
  let stopped = 0
  for (const containerId of containerIds) {
    const pids = processes.of(containerId)
    try {
      for (const pid of pids) processes.kill(pid)
      if (pids.length > 0) stopped += 1
      else left.push({ containerId, why: 'The engine does not answer, and no process of it was found on this computer.' })
    } catch (error) {
      const mayNot = (error as NodeJS.ErrnoException).code === 'EPERM'
      left.push({ containerId, why: mayNot ? 'The engine does not answer, and ending the process takes an administrator.' : String(error) })
    }
  }
  return { stopped, left, how: containerIds.length === 0 ? 'none' : 'processes' }
}

/** Linux: a process belongs to the container whose id is in the path of its cgroup. Elsewhere containers run in a virtual machine. */
const machineProcesses: Processes = {
  of: (containerId) => processIds().filter((pid) => cgroupOf(pid).includes(containerId)),
  kill: (pid) => void process.kill(pid, 'SIGKILL'),
  freeWrites: freeWritesOf,
}

function processIds(): number[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number)
  } catch {
    return []
  }
}

function cgroupOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8')
  } catch {
    return ''
  }
}
