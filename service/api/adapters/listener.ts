/**
 * One HTTP server, on a port of this machine or on a local socket: pages, procedures and WebSockets, each behind the
 * gate. Everything a client can make it hold is bounded: heads, bodies, connections, calls, unread answers, time.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ListenOptions } from 'node:net'
import { NodeHttpHandler } from '@orpc/server/node'
import type { Clock, Logger } from '../../base/index.ts'
import { decidePassage, type Gate } from '../gate.ts'
import type { ApiContext } from '../types.ts'
import type { ApiHandler } from '../handler.ts'
import { readJsonBody } from './body.ts'
import type { Pages } from './pages.ts'
import { refuseUpgrade, sendRefusal, setCommonHeaders } from './responses.ts'
import { createSockets, type SocketLimits, type Sockets } from './sockets.ts'

export interface ListenerLimits extends SocketLimits {
  maxConnections: number
  maxBodyBytes: number
  /** For the head of a request, and for all of it, ms. */
  headTimeoutMs: number
  requestTimeoutMs: number
  /** A connection on which nothing moves for this long is closed, ms. */
  idleTimeoutMs: number
}

export const defaultLimits: ListenerLimits = {
  maxConnections: 256,
  maxSockets: 128,
  maxCalls: 128,
  maxBodyBytes: 8 * 1024 * 1024,
  maxMessageBytes: 8 * 1024 * 1024,
  maxUnreadBytes: 8 * 1024 * 1024,
  keepAliveMs: 15_000,
  headTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  idleTimeoutMs: 120_000,
}

export interface ListenerDeps {
  handler: ApiHandler
  pages: Pages
  clock: Clock
  log: Logger
  limits: ListenerLimits
}

export interface Listener {
  readonly server: Server
  /** Resolves when it listens. May be called again after it failed. */
  listen(options: ListenOptions): Promise<void>
  /** Ends streams and connections, letting answers under way out. */
  close(): Promise<void>
}

/** How long answers under way may take to leave when the service stops, ms. */
const closeGraceMs = 500

/** @param gate asked for every request: which hosts are ours is known only once it listens. */
export function createListener(deps: ListenerDeps, gate: () => Gate): Listener {
  const { limits } = deps
  const sockets = createSockets(limits, deps)
  const server = createServer({
    maxHeaderSize: 16 * 1024,
    headersTimeout: limits.headTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: Math.min(1_000, limits.headTimeoutMs / 4),
    keepAliveTimeout: 5_000,
  })
  server.maxConnections = limits.maxConnections
  server.timeout = limits.idleTimeoutMs
  const procedures = new NodeHttpHandler<ApiContext>(deps.handler.standard)
  server.on('request', (request, response) => void answer(request, response, gate(), procedures, deps))
  server.on('upgrade', (request, socket, head) => upgrade(request, socket, head, gate(), sockets))
  return {
    server,
    listen: async (options) => {
      await listen(server, options)
      server.on('error', (error) => deps.log.warn('api connection not accepted', { error }))
    },
    close: () => close(server, sockets, deps.clock),
  }
}

function listen(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const onListening = (): void => {
      server.off('error', onError)
      resolve()
    }
    const onError = (error: Error): void => {
      server.off('listening', onListening)
      reject(error)
    }
    server.once('listening', onListening).once('error', onError).listen(options)
  })
}

async function close(server: Server, sockets: Sockets, clock: Clock): Promise<void> {
  if (!server.listening) return
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const cancel = clock.after(closeGraceMs, () => server.closeAllConnections())
  await sockets.close(closeGraceMs)
  await closed
  cancel()
}

async function answer(request: IncomingMessage, response: ServerResponse, gate: Gate, procedures: NodeHttpHandler<ApiContext>, deps: ListenerDeps): Promise<void> {
  setCommonHeaders(response)
  const passage = decidePassage(withUpgrade(request, false), gate)
  switch (passage.to) {
    case 'page':
      if (!deps.pages.send(passage.path, passage.head, response)) sendRefusal(response, 404)
      return
    case 'rpc':
      await call(request, response, procedures, deps)
      return
    case 'refusal':
      sendRefusal(response, passage.status)
      return
    case 'socket':
    case 'closed-socket':
      sendRefusal(response, 426)
  }
}

async function call(request: IncomingMessage, response: ServerResponse, procedures: NodeHttpHandler<ApiContext>, { limits, log }: ListenerDeps): Promise<void> {
  try {
    const body = await readJsonBody(request, limits.maxBodyBytes)
    if (!body.ok) {
      sendRefusal(response, body.status)
      return
    }
    const { matched } = await procedures.handle(Object.assign(request, { body: body.value }), response, { prefix: '/api/rpc', context: {} })
    if (!matched) sendRefusal(response, 404)
  } catch (error) {
    log.debug('api request broke off', { error })
    response.destroy()
  }
}

function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, gate: Gate, sockets: Sockets): void {
  socket.on('error', () => socket.destroy())
  const passage = decidePassage(withUpgrade(request, true), gate)
  if (passage.to === 'socket') sockets.accept(request, socket, head)
  else if (passage.to === 'closed-socket') sockets.acceptAndClose(request, socket, head)
  else refuseUpgrade(socket, passage.to === 'refusal' ? passage.status : 404)
}

function withUpgrade({ method, url, headersDistinct }: IncomingMessage, isUpgrade: boolean): Parameters<typeof decidePassage>[0] {
  return { method, url, headersDistinct, isUpgrade }
}
