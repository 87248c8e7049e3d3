/** The service in a process of its own, under the same Electron. */
import { type UtilityProcess, utilityProcess } from 'electron'
import { DepinError, type ErrorReport } from '../../contract/errors.ts'
import type { ServeOptions } from '../../contract/nouns/serve.ts'
import { ServiceNews, type ServiceOrder } from '../../contract/desktop/shell.ts'
import type { Clock } from '../base/clock.ts'
import type { RunningService } from './types.ts'

/** A start that takes longer is given up; opening a database after a power cut may take a while. */
const startDeadlineMs = 60_000

export interface OwnServiceDeps {
  /** Path of the program, `dist/main/service.mjs`. */
  program: string
  options: ServeOptions
  watchdogProgram: string[]
  /** What opens the key where it is sealed; null: there is none. */
  sealKey: string | null
  clock: Clock
  /** What it prints, for the log. */
  onOutput: (text: string) => void
}

export async function startOwnService({ program, options, watchdogProgram, sealKey, clock, onOutput }: OwnServiceDeps, quit: AbortSignal, force: AbortSignal): Promise<RunningService> {
  quit.throwIfAborted()
  // the collector is called by the service itself while nothing else happens; what V8 is told here is in service/young-heap.ts
  const execArgv = ['--expose-gc', '--max-semi-space-size=1', '--no-parallel-scavenge', '--disable-warning=ExperimentalWarning']
  const child = utilityProcess.fork(program, [], { serviceName: 'depin-service', stdio: 'pipe', execArgv })
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => onOutput(chunk.toString()))
  const ended = new Promise<number>((resolve) => child.once('exit', resolve))
  const order = (next: ServiceOrder, ports: Electron.MessagePortMain[] = []): void => child.postMessage(next, ports)
  const onQuit = (): void => void child.kill()
  const onForce = (): void => killHard(child.pid)
  quit.addEventListener('abort', onQuit)
  force.addEventListener('abort', onForce)
  void ended.then(() => force.removeEventListener('abort', onForce))
  try {
    const seal = followSeal(child, order)
    order({ kind: 'start', options, watchdogProgram, sealKey })
    const pid = await started(child, ended, clock)
    return {
      pid,
      isOurs: true,
      ...seal,
      ended: ended.then(endReport),
      connect: (port) => order({ kind: 'client' }, [port]),
      stop: () => order({ kind: 'stop' }),
    }
  } catch (error) {
    // nothing is left running in it that could be ended in order
    killHard(child.pid)
    await ended
    throw error
  } finally {
    quit.removeEventListener('abort', onQuit)
  }
}

/** Resolves with its pid once it takes calls. */
function started(child: UtilityProcess, ended: Promise<number>, clock: Clock): Promise<number> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(startDeadlineMs, () => reject(new DepinError('E_DEADLINE', `The service did not start within ${startDeadlineMs / 1000} s.`)))
    void ended.then((code) => {
      cancel()
      reject(DepinError.fromReport(endReport(code)))
    })
    child.on('message', (message: unknown) => {
      const news = ServiceNews.parse(message)
      if (news.kind === 'sealed') return
      cancel()
      if (news.kind === 'ready') resolve(news.event.pid)
      else reject(DepinError.fromReport(news.report))
    })
  })
}

/** Whether the key is sealed: as each start says, and each order. */
function followSeal(child: UtilityProcess, order: (next: ServiceOrder) => void): Pick<RunningService, 'isSealed' | 'seal'> {
  let isSealed = false
  const waiting: PromiseWithResolvers<undefined>[] = []
  child.on('message', (message: unknown) => {
    const news = ServiceNews.parse(message)
    if (news.kind === 'failed') return
    isSealed = news.isSealed
    if (news.kind !== 'sealed') return
    const asked = waiting.shift()
    if (news.problem === null) asked?.resolve(undefined)
    else asked?.reject(DepinError.fromReport(news.problem))
  })
  child.once('exit', (code) => { for (const asked of waiting) asked.reject(DepinError.fromReport(endReport(code))) })
  return {
    isSealed: () => isSealed,
    seal(sealKey) {
      const asked = Promise.withResolvers<undefined>()
      waiting.push(asked)
      order({ kind: 'seal', sealKey })
      return asked.promise
    },
  }
}

function endReport(code: number): ErrorReport {
  return { code: 'E_NOT_RUNNING', message: code === 0 ? 'The service stopped.' : `The service ended unexpectedly (${code}).` }
}

function killHard(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // gone by itself
  }
}
