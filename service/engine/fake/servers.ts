import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { FakeProgram } from './types.ts'

/** The ports of one running container, as real listeners on loopback. */
export class FakeServers {
  readonly #servers = new Map<number, Server>()
  readonly #sockets = new Set<Socket>()
  #paused = false

  async listen(program: FakeProgram, asked: readonly number[]): Promise<void> {
    const serves = (program.serves ?? []).filter(({ port }) => asked.includes(port))
    await Promise.all(serves.map(async ({ port, protocol, body }) => {
      const server = protocol === 'http' ? httpServer(body ?? '') : createServer({ allowHalfOpen: true }, echo)
      server.on('connection', (socket: Socket) => this.#keep(socket))
      server.listen(0, '127.0.0.1')
      // tests end although a container was left running
      server.unref()
      await once(server, 'listening')
      this.#servers.set(port, server)
    }))
  }

  /** Null when nothing listens there. */
  localPort(port: number): number | null {
    const address = this.#servers.get(port)?.address() as AddressInfo | null | undefined
    return address?.port ?? null
  }

  /** A frozen program: its connections stay, nothing moves. */
  pause(): void {
    this.#paused = true
    for (const socket of this.#sockets) socket.pause()
  }

  resume(): void {
    this.#paused = false
    for (const socket of this.#sockets) socket.resume()
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    const servers = [...this.#servers.values()]
    this.#servers.clear()
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#sockets.delete(socket))
    if (this.#paused) socket.pause()
  }
}

function echo(socket: Socket): void {
  socket.pipe(socket)
}

function httpServer(body: string): Server {
  return createHttpServer((_, response) => response.setHeader('content-type', 'text/plain; charset=utf-8').end(body))
}
