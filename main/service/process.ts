/**
 * The program of the service's process: the same bundle that runs headless, told what to do by messages of its parent.
 * It ends when told to, or when its parent is gone.
 */
import type { ReadyEvent } from '../../contract/nouns/serve.ts'
import { type ServiceNews, ServiceOrder } from '../../contract/desktop/shell.ts'
import { ErrorReport, toErrorReport } from '../../contract/errors.ts'

type ServePort = (port: Electron.MessagePortMain) => unknown

interface ServeHost {
  servePort: ServePort
  isSealed: () => boolean
  seal: (sealKey: Uint8Array | null) => void
}

interface ServiceBundle {
  serve: (options: unknown, hooks: {
    signal: AbortSignal
    watchdogProgram: readonly string[]
    sealKey: Uint8Array | null
    onReady: (event: ReadyEvent, host: ServeHost) => void
  }) => Promise<void>
}

const stop = new AbortController()
let host: ServeHost | undefined

process.parentPort.on('message', ({ data, ports }) => {
  const order = ServiceOrder.parse(data)
  switch (order.kind) {
    case 'start':
      void run(order)
      break
    case 'client':
      for (const port of ports) host?.servePort(port)
      break
    case 'seal':
      seal(order.sealKey)
      break
    case 'stop': stop.abort()
  }
})
// Ctrl-C in a terminal reaches the whole group: main drains us then, in its own order.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => stop.abort())

async function run({ options, watchdogProgram, sealKey }: Extract<ServiceOrder, { kind: 'start' }>): Promise<void> {
  try {
    const { serve } = await import(new URL('../service/entry.mjs', import.meta.url).href) as ServiceBundle
    await serve(options, {
      signal: stop.signal,
      watchdogProgram,
      sealKey: bytesOf(sealKey),
      onReady: (event, given) => {
        host = given
        tell({ kind: 'ready', event, isSealed: given.isSealed() })
      },
    })
    process.exit(0)
  } catch (error) {
    // main ends this process once it has read why
    process.stderr.write(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`)
    tell({ kind: 'failed', report: reportOf(error) })
  }
}

function seal(sealKey: string | null): void {
  let problem: ErrorReport | null = null
  try {
    host?.seal(bytesOf(sealKey))
  } catch (error) {
    problem = reportOf(error)
  }
  tell({ kind: 'sealed', isSealed: host?.isSealed() ?? false, problem })
}

function bytesOf(base64: string | null): Uint8Array | null {
  return base64 === null ? null : Buffer.from(base64, 'base64')
}

/** The service's bundle has a `DepinError` of its own: it is known by what it has. */
function reportOf(error: unknown): ErrorReport {
  const { success, data } = ErrorReport.safeParse(error)
  return success ? data : toErrorReport(error)
}

function tell(news: ServiceNews): void {
  process.parentPort.postMessage(news)
}
