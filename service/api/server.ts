import { createHttpAdapter, type HttpAdapter } from './adapters/http.ts'
import { defaultLimits, type ListenerLimits } from './adapters/listener.ts'
import { createLocalSocketAdapter } from './adapters/local-socket.ts'
import { serveMessagePort } from './adapters/message-port.ts'
import { listPages } from './adapters/pages.ts'
import { createHandler } from './handler.ts'
import { publishService } from './service-file.ts'
import { openToken } from './token.ts'
import type { ApiServer, ApiServerDeps, ApiServerOptions } from './types.ts'
import { startAll, stopAll, type Disposer, type Startable } from '../base/index.ts'

interface Running {
  token: string
  http: HttpAdapter
  /** In starting order. */
  parts: Startable[]
}

/** @param limits what a client may take; tests make it less. */
export function createApiServer(options: ApiServerOptions, deps: ApiServerDeps, limits: ListenerLimits = defaultLimits): ApiServer {
  const log = deps.log.child({ part: 'api' })
  const handler = createHandler(deps.router, log)
  const ports = new Set<Disposer>()
  let running: Running | undefined
  let isStopped = false
  return {
    start: async () => {
      const next = await prepare(options, { ...deps, log, handler }, limits)
      await startAll(next.parts)
      running = next
    },
    stop: async () => {
      isStopped = true
      for (const closePort of ports) closePort()
      await stopAll(running?.parts ?? [], log)
      running = undefined
    },
    dashboardAddress: () => running?.http.origin() ?? null,
    dashboardUrl: () => {
      const origin = running?.http.origin() ?? null
      // after the #: a browser sends it nowhere, and no log or history on the way sees it
      return running === undefined || origin === null ? null : `${origin}/#token=${running.token}`
    },
    servePort: (port) => {
      // whoever brings one tries again, and reaches what comes after this
      if (isStopped) port.close?.()
      if (isStopped) return () => undefined
      const close = serveMessagePort(port, { handler, maxCalls: limits.maxCalls, log }, () => ports.delete(close))
      ports.add(close)
      return close
    },
  }
}

async function prepare(options: ApiServerOptions, deps: ApiServerDeps & { handler: ReturnType<typeof createHandler> }, limits: ListenerLimits): Promise<Running> {
  const { clock, handler, log } = deps
  const token = openToken(options.dataDir, deps.rng)
  const pages = await listPages(options.dashboardDir)
  if (pages.isEmpty) log.warn('there is no dashboard to serve', { dashboardDir: options.dashboardDir })
  const http = createHttpAdapter(options.http, { handler, pages, clock, log, limits })
  const socket = createLocalSocketAdapter(options.dataDir, { handler, pages: await listPages(null), clock, log, limits })
  let unpublish: Disposer = () => undefined
  return {
    token,
    http,
    parts: [
      { start: () => http.start(token), stop: () => http.stop() },
      { start: () => socket.start(token), stop: () => socket.stop() },
      // last: who reads it finds everything listening
      {
        start: () => {
          unpublish = publishService(options.dataDir, {
            pid: process.pid, socket: socket.path, dashboard: http.origin(), startedAtMs: clock.nowMs(), version: options.version, ...options.serve !== undefined && { serve: options.serve },
          })
        },
        stop: () => unpublish(),
      },
    ],
  }
}
