/** WebSockets on an HTTP server: the browser's and the command line's way to the API. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { deadlineSignal, raceSignal, type Clock, type Disposer, type Logger } from '../../base/index.ts'
import { serveChannel, type Channel, type ChannelEvents } from '../channel.ts'
import { socketProtocol } from '../gate.ts'
import type { ApiHandler } from '../handler.ts'
import { refuseUpgrade } from './responses.ts'

export interface SocketLimits {
  maxMessageBytes: number
  maxSockets: number
  maxCalls: number
  /** A socket whose client does not take this much is dropped, bytes. */
  maxUnreadBytes: number
  /** How often a client is asked for a sign of life; one that misses an answer is dropped. Null: never, ms. */
  keepAliveMs: number | null
}

export interface SocketsDeps {
  handler: ApiHandler
  clock: Clock
  log: Logger
}

export interface Sockets {
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Accepts a browser that has no right to be here, only to tell it so; nothing it sends is read. */
  acceptAndClose(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Takes no more, gives answers under way a moment, and says goodbye. All are gone when the server under them has closed. */
  close(graceMs: number): Promise<void>
}

/** Application close code for a missing or wrong token: a dashboard asks its owner to sign in again. */
const unauthorizedCode = 4401
const closeTimeoutMs = 2_000

export function createSockets(limits: SocketLimits, deps: SocketsDeps): Sockets {
  const options = {
    noServer: true,
    maxPayload: limits.maxMessageBytes,
    maxFragments: 1024,
    perMessageDeflate: false,
    closeTimeout: closeTimeoutMs,
    handleProtocols: (offered: Set<string>) => offered.has(socketProtocol) && socketProtocol,
  }
  const server = new WebSocketServer(options)
  const channels = new Set<ChannelEvents>()
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer, then: (socket: WebSocket) => void): void => {
    if (server.clients.size >= limits.maxSockets) refuseUpgrade(socket, 503)
    else server.handleUpgrade(request, socket, head, then)
  }
  return {
    accept: (request, socket, head) => upgrade(request, socket, head, (accepted) => serve(accepted, channels, limits, deps)),
    acceptAndClose: (request, socket, head) => upgrade(request, socket, head, (accepted) => {
      accepted.on('error', () => undefined)
      accepted.close(unauthorizedCode, 'the token is missing or wrong')
    }),
    close: async (graceMs) => {
      using grace = deadlineSignal(deps.clock, 'answers under way', graceMs)
      await raceSignal(Promise.all([...channels].map((channel) => channel.answered())), grace.signal).catch(() => undefined)
      for (const client of server.clients) client.close(1001, 'the service stops')
    },
  }
}

function serve(socket: WebSocket, channels: Set<ChannelEvents>, limits: SocketLimits, { handler, clock, log }: SocketsDeps): void {
  const channel = serveChannel(createChannel(socket, limits.maxUnreadBytes), { handler, maxCalls: limits.maxCalls, log })
  channels.add(channel)
  const stopAsking = limits.keepAliveMs === null ? () => undefined : keepAlive(socket, limits.keepAliveMs, clock)
  socket.on('message', (data, isBinary) => {
    if (isBinary) socket.close(1003, 'text only')
    else channel.message((data as Buffer).toString('utf8'))
  })
  socket.on('close', () => {
    stopAsking()
    channels.delete(channel)
    channel.close()
  })
  // what goes wrong on a socket closes it; the reason is the other side's
  socket.on('error', (error) => log.debug('api socket failed', { error }))
}

function createChannel(socket: WebSocket, maxUnreadBytes: number): Channel {
  return {
    send: (message) => new Promise((resolve, reject) => {
      if (socket.bufferedAmount > maxUnreadBytes) socket.terminate()
      socket.send(message, (error) => {
        if (error == null) resolve()
        else reject(error)
      })
    }),
    closeAsBroken: () => socket.close(1002, 'not a request of this API'),
  }
}

function keepAlive(socket: WebSocket, intervalMs: number, clock: Clock): Disposer {
  let isAlive = true
  let cancel: Disposer
  socket.on('pong', () => { isAlive = true })
  const ask = (): void => {
    if (!isAlive) {
      socket.terminate()
      return
    }
    isAlive = false
    socket.ping()
    cancel = clock.after(intervalMs, ask)
  }
  cancel = clock.after(intervalMs, ask)
  return () => cancel()
}
