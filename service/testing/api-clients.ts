/** One client of the contract for each way to reach it. */
import { readFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink as FetchLink } from '@orpc/client/fetch'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import { WebSocket } from 'ws'
import type { ApiClient, ApiServer } from '../api/index.ts'

export interface ApiConnection {
  client: ApiClient
  /** Cuts it, as a client that goes away does. */
  close(): void
}

export interface RunningApi {
  server: ApiServer
  dataDir: string
}

export const apiTransports: Readonly<Record<string, (api: RunningApi) => Promise<ApiConnection>>> = {
  'http': connectHttp,
  'websocket': (api) => connectSocket(new WebSocket(`${originOf(api).replace('http', 'ws')}/api/ws`, ['depin', `token.${tokenOf(api)}`])),
  'local socket': connectLocal,
  'message port': connectPort,
}

export function tokenOf({ dataDir }: RunningApi): string {
  return readFileSync(join(dataDir, 'api-token'), 'utf8').trim()
}

export function originOf({ server }: RunningApi): string {
  const origin = server.dashboardAddress()
  if (origin === null) throw new Error('the server does not listen')
  return origin
}

export function localSocketOf({ dataDir }: RunningApi): string {
  return (JSON.parse(readFileSync(join(dataDir, 'service.json'), 'utf8')) as { socket: string }).socket
}

function connectHttp(api: RunningApi): Promise<ApiConnection> {
  const abort = new AbortController()
  const link = new FetchLink({
    url: `${originOf(api)}/api/rpc`,
    headers: { authorization: `Bearer ${tokenOf(api)}` },
    fetch: (request, init) => fetch(request, { ...init, signal: AbortSignal.any([abort.signal, request.signal]) }),
  })
  return Promise.resolve({ client: createORPCClient<ApiClient>(link), close: () => abort.abort() })
}

function connectLocal(api: RunningApi): Promise<ApiConnection> {
  return connectSocket(new WebSocket('ws://localhost/api/ws', ['depin'], {
    createConnection: () => createConnection(localSocketOf(api)),
    headers: { authorization: `Bearer ${tokenOf(api)}` },
  }))
}

async function connectSocket(socket: WebSocket): Promise<ApiConnection> {
  // ws keeps to the browser's interface; only its event classes are other types
  const link = new SocketLink({ websocket: socket as unknown as ConstructorParameters<typeof SocketLink>[0]['websocket'] })
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  socket.on('error', () => undefined)
  return { client: createORPCClient<ApiClient>(link), close: () => socket.terminate() }
}

function connectPort({ server }: RunningApi): Promise<ApiConnection> {
  const { port1, port2 } = new MessageChannel()
  server.servePort(port1)
  const link = new PortLink({ port: port2 })
  return Promise.resolve({ client: createORPCClient<ApiClient>(link), close: () => port2.close() })
}
