/**
 * The program of the service's process: the same bundle that runs headless, told what to do by messages of its parent.
 * It ends when told to, or when its parent is gone.
 */
import type { ReadyEvent } from '../../contract/nouns/serve.ts'
import { type ServiceNews, ServiceOrder } from '../../contract/desktop/shell.ts'
import { ErrorReport, toErrorReport } from '../../contract/errors.ts'

type ServePort = (port: Electron.MessagePortMain) => unknown

interface ServiceBundle {
  serve: (options: unknown, hooks: {
    signal: AbortSignal
    watchdogProgram: readonly string[]
    onReady: (event: ReadyEvent, api: { servePort: ServePort }) => void
  }) => Promise<void>
}

const stop = new AbortController()
let servePort: ServePort | undefined

process.parentPort.on('message', ({ data, ports }) => {
  const order = ServiceOrder.parse(data)
  switch (order.kind) {
    case 'start':
      void run(order)
      break
    case 'client':
      for (const port of ports) servePort?.(port)
      break
    case 'stop': stop.abort()
  }
})
// Ctrl-C in a terminal reaches the whole group: main drains us then, in its own order.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => stop.abort())

async function run({ options, watchdogProgram }: Extract<ServiceOrder, { kind: 'start' }>): Promise<void> {
  try {
    const { serve } = await import(new URL('../service/entry.mjs', import.meta.url).href) as ServiceBundle
    await serve(options, {
      signal: stop.signal,
      watchdogProgram,
      onReady: (event, api) => {
        servePort = (port) => api.servePort(port)
        tell({ kind: 'ready', event })
      },
    })
    process.exit(0)
  } catch (error) {
    // main ends this process once it has read why
    process.stderr.write(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`)
    tell({ kind: 'failed', report: reportOf(error) })
  }
}

/** The service's bundle has a `DepinError` of its own: it is known by what it has. */
function reportOf(error: unknown): ErrorReport {
  const { success, data } = ErrorReport.safeParse(error)
  return success ? data : toErrorReport(error)
}

function tell(news: ServiceNews): void {
  process.parentPort.postMessage(news)
}
