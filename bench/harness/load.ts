/** Load on a server of this machine, for a while, counted in the middle of it: connections that have begun, none that ends. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../../service/testing/wait.ts'

const request = Buffer.from('GET / HTTP/1.1\r\nHost: bench\r\n\r\n')
const lastRequest = Buffer.from('GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n')
const download = Buffer.from('GET /bytes HTTP/1.1\r\nHost: bench\r\n\r\n')
const upload = Buffer.from('PUT / HTTP/1.1\r\nHost: bench\r\n\r\n')
const block = Buffer.alloc(256 * 1024, 'x')
const answerBytes = Buffer.byteLength('HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello world\n')
const settleMs = 300

/** Where to connect to. */
export interface Target {
  host: string
  port: number
}

export interface Load {
  connections: number
  forMs: number
}

/** Requests a second on connections that stay open, one at a time on each. */
export async function requestsPerSecond(target: Target, load: Load): Promise<number> {
  let answered = 0
  return await during(target, load, () => answered, (socket) => {
    let bytes = 0
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes < answerBytes) return
      bytes = 0
      answered++
      socket.write(request)
    })
    socket.write(request)
  })
}

/** Bytes a second to here. */
export async function downloadRate(target: Target, load: Load): Promise<number> {
  let received = 0
  return await during(target, load, () => received, (socket) => {
    socket.on('data', (chunk: Buffer) => { received += chunk.length })
    socket.write(download)
  })
}

/** Bytes a second from here, as the sockets take them. */
export async function uploadRate(target: Target, load: Load): Promise<number> {
  const sockets: Socket[] = []
  return await during(target, load, () => sockets.reduce((sum, socket) => sum + socket.bytesWritten - socket.writableLength, 0), (socket) => {
    const fill = (): void => { while (socket.writable && socket.write(block)); }
    sockets.push(socket)
    socket.on('drain', fill)
    socket.write(upload)
    fill()
  })
}

/** Requests a second, each on a connection of its own. */
export async function connectionsPerSecond(target: Target, { connections, forMs }: Load): Promise<number> {
  const untilMs = performance.now() + forMs
  let answered = 0
  const client = async (): Promise<void> => {
    while (performance.now() < untilMs) {
      await requestOnce(target)
      answered++
    }
  }
  const startedMs = performance.now()
  await Promise.all(Array.from({ length: connections }, client))
  return perSecond(answered, startedMs)
}

export async function listensOn(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** Whether somebody answers there: a port may be open before there is anybody behind it. */
export async function answersOn(target: Target): Promise<boolean> {
  return await requestOnce(target).then(() => true, () => false)
}

function requestOnce(target: Target): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...target, noDelay: true })
    let bytes = 0
    socket.on('data', (chunk) => { bytes += chunk.length })
    socket.once('error', reject)
    socket.once('close', () => bytes === answerBytes ? resolve() : reject(new Error(`${bytes} bytes came, and not ${answerBytes}`)))
    socket.write(lastRequest)
  })
}

/** The rate of what `count` counts, once the connections have got going. */
async function during(target: Target, { connections, forMs }: Load, count: () => number, begin: (socket: Socket) => void): Promise<number> {
  const sockets = Array.from({ length: connections }, () => connect({ ...target, noDelay: true }))
  let failure: Error | undefined
  for (const socket of sockets) {
    socket.on('error', (error) => { failure = error })
    socket.once('connect', () => begin(socket))
  }
  await until(`port ${target.port} answers`, () => failure !== undefined || count() > 0)
  await sleep(settleMs)
  const before = count()
  const startedMs = performance.now()
  await sleep(forMs)
  const rate = perSecond(count() - before, startedMs)
  for (const socket of sockets) socket.destroy()
  if (failure !== undefined || rate === 0) throw new Error(`port ${target.port} does not go on answering`, { cause: failure })
  return rate
}

function perSecond(count: number, startedMs: number): number {
  return count / (performance.now() - startedMs) * 1000
}
