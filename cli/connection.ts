/** The running service, reached through the local socket that its data directory names. */
import { readFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { createORPCClient } from '@orpc/client'
import { StandardRPCLink } from '@orpc/client/standard'
import type { ContractRouterClient } from '@orpc/contract'
import { ClientPeer } from '@orpc/standard-server-peer'
import { WebSocket } from 'ws'
import type { Api } from '../contract/api.ts'
import { DepinError } from '../contract/errors.ts'
import { ServiceFile, serviceFileName, tokenFileName } from '../contract/nouns/serve.ts'

export type Client = ContractRouterClient<Api>

export interface Connection {
  readonly client: Client
  /** Of the program that the service runs. */
  readonly version: string
  /** Stops taking what the service sends, so that it stops sending; a slow reader then holds nothing in memory. */
  pause(): void
  resume(): void
  /** Resolves when the service has closed its end. */
  readonly closed: Promise<void>
  close(): void
}

/** E_NOT_RUNNING with the command that starts one; E_UNAUTHORIZED, E_DATA_DIR_PERMISSIONS. */
export async function connect(dataDir: string): Promise<Connection> {
  const { socket: path, version } = readServiceFile(dataDir)
  const token = readOwn(join(dataDir, tokenFileName), dataDir)
  const socket = new WebSocket('ws://localhost/api/ws', {
    createConnection: () => createConnection(path),
    headers: { authorization: `Bearer ${token.trim()}` },
    handshakeTimeout: 10_000,
    perMessageDeflate: false,
  })
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await opened(socket, dataDir)
  return { client: clientOver(socket), version, closed, pause: () => socket.pause(), resume: () => socket.resume(), close: () => socket.terminate() }
}

function clientOver(socket: WebSocket): Client {
  const peer = new ClientPeer((message) => new Promise((resolve, reject) => {
    socket.send(message, (error) => {
      if (error == null) resolve()
      else reject(stopped(error))
    })
  }))
  socket.on('message', (data) => void peer.message((data as Buffer).toString('utf8')))
  socket.on('close', () => peer.close({ reason: stopped() }))
  const link = new StandardRPCLink({
    call: async (request) => {
      const response = await peer.request(request)
      return { ...response, body: () => Promise.resolve(response.body) }
    },
  }, { url: 'http://localhost' })
  return createORPCClient<Client>(link)
}

function opened(socket: WebSocket, dataDir: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EACCES' || error.code === 'EPERM') reject(notReadable(dataDir, error))
      else reject(notRunning(dataDir, error))
    })
    socket.once('unexpected-response', (_, response) => {
      reject(response.statusCode === 401
        ? new DepinError('E_UNAUTHORIZED', 'The service does not know the token in its data directory.', { next: 'Restart the service.' })
        : new DepinError('E_BUSY', `The service does not take connections now (${response.statusCode ?? 'no status'}).`, { next: 'Try again in a moment.' }))
      socket.terminate()
    })
    socket.once('open', resolve)
  })
}

function readServiceFile(dataDir: string): ServiceFile {
  try {
    return ServiceFile.parse(JSON.parse(readOwn(join(dataDir, serviceFileName), dataDir)))
  } catch (error) {
    throw error instanceof DepinError ? error : notRunning(dataDir, error)
  }
}

function readOwn(path: string, dataDir: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw code === 'EACCES' || code === 'EPERM' ? notReadable(dataDir, error) : notRunning(dataDir, error)
  }
}

function notRunning(dataDir: string, cause: unknown): DepinError {
  return new DepinError('E_NOT_RUNNING', `No service is running in ${dataDir}.`, { next: 'Start one: depin serve', details: { dataDir }, cause })
}

function notReadable(dataDir: string, cause: unknown): DepinError {
  return new DepinError('E_DATA_DIR_PERMISSIONS', `${dataDir} belongs to another user.`, { next: 'Run this as that user, or name your own with --data-dir.', cause })
}

function stopped(cause?: unknown): DepinError {
  return new DepinError('E_NOT_RUNNING', 'The service stopped, or closed this connection.', { next: 'Start it again: depin serve', cause })
}
