/**
 * The API on a socket in the file system, for programs on this machine. The socket is this user's alone by its mode and
 * its folder's, and asks for the token besides: on Windows a named pipe has no folder to hide in.
 */
import { createHash } from 'node:crypto'
import { lstatSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DepinError } from '../../../contract/errors.ts'
import type { Gate } from '../gate.ts'
import { ensurePrivateFolder, makePrivate } from '../private-files.ts'
import { createListener, type ListenerDeps } from './listener.ts'

export interface LocalSocketAdapter {
  readonly path: string
  start(token: string): Promise<void>
  stop(): Promise<void>
}

/** Clients say `Host: localhost`; a socket has no other name. */
const hosts = new Set(['localhost'])

export function createLocalSocketAdapter(dataDir: string, deps: ListenerDeps): LocalSocketAdapter {
  const path = localSocketPath(dataDir)
  // the other end is on this machine: the kernel knows when it is gone, and a pager may leave it unread for hours
  let gate: Gate = { hosts: new Set(), token: '' }
  const listener = createListener({ ...deps, limits: { ...deps.limits, keepAliveMs: null } }, () => gate)
  return {
    path,
    start: async (token) => {
      if (process.platform !== 'win32') clearTheWay(path)
      gate = { hosts, token }
      await listener.listen({ path })
      if (process.platform !== 'win32') makePrivate(path)
    },
    stop: () => listener.close(),
  }
}

/** A socket's path, its ending NUL included, fits 104 bytes on macOS and 108 on Linux. */
const maxPathBytes = 103

/** `api.sock` in the data directory, or, where that is too long, in a short folder of its own named after it. */
export function localSocketPath(dataDir: string, platform: NodeJS.Platform = process.platform, temporaryFolder = tmpdir()): string {
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 20)
  if (platform === 'win32') return `\\\\.\\pipe\\depin-${name}`
  const path = join(dataDir, 'api.sock')
  return Buffer.byteLength(path) <= maxPathBytes ? path : join(temporaryFolder, `depin-${name}`, 'api.sock')
}

/** The lock on the data directory says that no other service uses this socket: one that is there was left by a dead one. */
function clearTheWay(path: string): void {
  ensurePrivateFolder(dirname(path))
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return
  if (!stats.isSocket()) {
    throw new DepinError('E_DATA_DIR_FOREIGN', `${path} is in the way: it is not a socket.`, { next: 'Move it elsewhere.' })
  }
  rmSync(path)
}
