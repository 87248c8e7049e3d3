import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { codec } from '../base/codec.ts'
import { runtime } from '../base/runtime.ts'

interface Greeting { argv: string[], workingDirectory: string, data: string }

/** Runs in a process of its own, so that the second instance can wait for it: `app.requestSingleInstanceLock` is synchronous. */
const messenger = 'const socket = require("node:net").connect(process.argv[1], () => socket.end(process.argv[2]))'

/** One instance per `userData` folder, as Chromium keeps it. */
export class SingleInstance {
  #server: Server | undefined
  #undo: () => void = () => undefined

  get isHeld(): boolean {
    return this.#server !== undefined
  }

  /** @returns whether this process is the first; if not, the first one has been told */
  request(userData: string, data: unknown, onSecond: (argv: string[], workingDirectory: string, data: unknown) => void): boolean {
    if (this.isHeld) return true
    mkdirSync(userData, { recursive: true })
    const lock = join(userData, 'SingletonLock')
    // Short: a socket's path has room for 100 bytes or so.
    const socket = join(tmpdir(), `electron-double-${createHash('sha256').update(userData).digest('hex').slice(0, 16)}`)
    if (!takeLock(lock)) {
      const greeting: Greeting = { argv: process.argv, workingDirectory: process.cwd(), data: codec.encode(data) }
      execFileSync(runtime.launch.nodePath, ['-e', messenger, socket, JSON.stringify(greeting)])
      return false
    }
    rmSync(socket, { force: true })
    this.#server = createServer({ allowHalfOpen: true }, (connection) => {
      let text = ''
      connection.setEncoding('utf8').on('data', (chunk: string) => { text += chunk }).on('error', () => undefined).on('end', () => {
        connection.end()
        const { argv, workingDirectory, data: sent } = JSON.parse(text) as Greeting
        onSecond(argv, workingDirectory, codec.decode(sent))
      })
    }).listen(socket).unref()
    this.#undo = () => { for (const path of [socket, lock]) rmSync(path, { force: true }) }
    return true
  }

  release(): void {
    this.#server?.close()
    this.#server = undefined
    this.#undo()
    this.#undo = () => undefined
  }
}

/** A lock whose owner is gone is taken over. */
function takeLock(path: string): boolean {
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' })
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    if (isRunning(Number(readFileSync(path, 'utf8')))) return false
    rmSync(path, { force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0)
  } catch {
    return false
  }
}
