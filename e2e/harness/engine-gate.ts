/** A way to the engine that can be shut: to who goes through it, the engine stops and starts. */
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { testEngineSocket } from '../../service/testing/engine-images.ts'

export class EngineGate {
  readonly path: string
  readonly #engine: string
  readonly #sockets = new Set<Socket>()
  #server: Server | null = null

  /** @param path of a socket that is made. */
  constructor(path: string, engine = testEngineSocket()) {
    this.path = path
    this.#engine = engine
  }

  async open(): Promise<void> {
    const server = createServer((near) => {
      const far = connect(this.#engine)
      for (const [from, to] of [[near, far], [far, near]] as const) {
        this.#sockets.add(from)
        from.pipe(to)
        from.on('error', () => to.destroy())
        from.on('close', () => {
          this.#sockets.delete(from)
          to.destroy()
        })
      }
    })
    this.#server = server
    server.listen(this.path)
    await once(server, 'listening')
  }

  close(): void {
    this.#server?.close()
    this.#server = null
    for (const socket of this.#sockets) socket.destroy()
    rmSync(this.path, { force: true })
  }
}
