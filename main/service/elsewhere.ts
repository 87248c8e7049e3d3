/**
 * A service that somebody else started on our data directory, reached through its local socket as the command line does.
 * oRPC's messages are the same text on a socket and on a message port: what comes on one is passed on to the other.
 */
import { readFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import type { MessagePortMain } from 'electron'
import { WebSocket } from 'ws'
import { DepinError } from '../../contract/errors.ts'
import { ServiceFile, serviceFileName, tokenFileName } from '../../contract/nouns/serve.ts'
import type { RunningService } from './types.ts'

/** Null when none answers. */
export async function attachToService(dataDir: string): Promise<RunningService | null> {
  const found = await findService(dataDir)
  if (found === null) return null
  // kept open for as long as we use it: its end is the service's end
  const watch = await openSocket(found).catch(() => null)
  if (watch === null) return null
  const sockets = new Set([watch])
  const letGo = (): void => {
    for (const socket of sockets) socket.terminate()
  }
  return {
    pid: found.pid,
    isOurs: false,
    isSealed: () => null,
    seal: () => Promise.reject(new DepinError('E_CONFLICT', 'The service was started outside this app.')),
    ended: new Promise((resolve) => {
      watch.once('close', () => {
        letGo()
        resolve({ code: 'E_NOT_RUNNING', message: 'The service stopped.' })
      })
    }),
    connect: (port) => void relay(found, port, sockets),
    stop: letGo,
  }
}

interface Found {
  pid: number
  path: string
  token: string
}

async function findService(dataDir: string): Promise<Found | null> {
  try {
    const [file, token] = await Promise.all([readFile(join(dataDir, serviceFileName), 'utf8'), readFile(join(dataDir, tokenFileName), 'utf8')])
    const { pid, socket } = ServiceFile.parse(JSON.parse(file))
    return { pid, path: socket, token: token.trim() }
  } catch {
    return null
  }
}

function openSocket({ path, token }: Found): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket('ws://localhost/api/ws', {
      createConnection: () => createConnection(path), headers: { authorization: `Bearer ${token}` }, handshakeTimeout: 5_000, perMessageDeflate: false,
    })
    socket.once('open', () => resolve(socket))
    socket.on('error', reject)
  })
}

async function relay(found: Found, port: MessagePortMain, sockets: Set<WebSocket>): Promise<void> {
  // what comes before the socket is open waits in the port, which has not been started
  const closed = new AbortController()
  port.once('close', () => closed.abort())
  const socket = await openSocket(found).catch(() => null)
  if (socket === null || closed.signal.aborted) {
    socket?.terminate()
    port.close()
    return
  }
  sockets.add(socket)
  socket.on('message', (data) => port.postMessage((data as Buffer).toString('utf8')))
  socket.once('close', () => {
    sockets.delete(socket)
    port.close()
  })
  port.on('message', ({ data }) => socket.send(String(data)))
  port.once('close', () => socket.terminate())
  port.start()
}
