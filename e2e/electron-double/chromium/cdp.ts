import type { ChildProcess } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { ProtocolEvent, Results } from './protocol.ts'

interface Pending { method: string, resolve: (result: unknown) => void, reject: (error: Error) => void }
interface Answer { id?: number, result?: unknown, error?: { message: string }, sessionId?: string }

export type Result<M extends string> = M extends keyof Results ? Results[M] : unknown

/** The Chrome DevTools Protocol over the pipe: messages end with a zero byte. */
export class Cdp {
  readonly #chromium: ChildProcess
  readonly #input: Writable
  readonly #pending = new Map<number, Pending>()
  #last = 0
  #isGone = false
  onEvent: (event: ProtocolEvent, sessionId: string | undefined) => void = () => undefined

  constructor(chromium: ChildProcess) {
    this.#chromium = chromium
    const [, , , input, output] = chromium.stdio
    this.#input = input as Writable
    this.#read(output as Readable)
    // Writing to a browser that has just gone is no error: its exit is the news.
    this.#input.on('error', () => undefined)
    chromium.once('exit', () => this.#end())
  }

  send<M extends string>(method: M, params: object = {}, sessionId?: string): Promise<Result<M>> {
    if (this.#isGone || this.#chromium.exitCode !== null) return Promise.reject(new Error(`${method}: Chromium is gone.`))
    return new Promise<unknown>((resolve, reject) => {
      const id = ++this.#last
      this.#pending.set(id, { method, resolve, reject })
      this.#input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`)
    }) as Promise<Result<M>>
  }

  #read(output: Readable): void {
    let parts: Buffer[] = []
    output.on('error', () => undefined)
    output.on('data', (chunk: Buffer) => {
      let from = 0
      for (let end = chunk.indexOf(0); end >= 0; end = chunk.indexOf(0, from)) {
        parts.push(chunk.subarray(from, end))
        this.#receive(Buffer.concat(parts).toString())
        parts = []
        from = end + 1
      }
      if (from < chunk.length) parts.push(chunk.subarray(from))
    })
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as Answer
    if (message.id === undefined) {
      this.onEvent(message as unknown as ProtocolEvent, message.sessionId)
      return
    }
    const pending = this.#pending.get(message.id)
    this.#pending.delete(message.id)
    if (message.error === undefined) pending?.resolve(message.result)
    else pending?.reject(new Error(`${pending.method}: ${message.error.message}`))
  }

  #end(): void {
    this.#isGone = true
    for (const { method, reject } of this.#pending.values()) reject(new Error(`${method}: Chromium exited.`))
    this.#pending.clear()
  }
}
