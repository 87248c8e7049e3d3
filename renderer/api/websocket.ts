import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { Client, Link, LinkEnd, Transport } from './types.ts'

/** The close code with which the service says that it does not know the token. */
const closedUnauthorized = 4401

/** Reaches the service that served this page. `origin` is that of the page, e.g. `http://127.0.0.1:4173`. */
export function webSocketTransport(options: { origin: string; token: string; WebSocket: typeof WebSocket }): Transport {
  const url = new URL('/api/ws', options.origin)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return {
    open() {
      return linkOver(new options.WebSocket(url, ['depin', `token.${options.token}`]))
    },
  }
}

function linkOver(socket: WebSocket): Link {
  // First, so that calls have failed by the time the link is known to have ended.
  const client: Client = createORPCClient(new RPCLink({ websocket: socket }))
  const opened = new Promise<void>((resolve) => {
    socket.addEventListener('open', () => resolve(), { once: true })
  })
  const ended = new Promise<LinkEnd>((resolve) => {
    socket.addEventListener('close', (event) => resolve(event.code === closedUnauthorized ? 'refused' : 'lost'), { once: true })
  })
  return { client, opened, ended, close: () => socket.close() }
}
