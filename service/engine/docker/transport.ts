import { Agent, type IncomingMessage, request, type RequestOptions } from 'node:http'
import { type Duplex, pipeline, Readable } from 'node:stream'
import type { Endpoint } from '../endpoint.ts'

/** What dockerode asks of its transport; the parts of it that Depin uses. */
export interface DialOptions {
  /** Ends in `?` when `options` belong into the query. */
  path: string
  method: string
  /** Body and query at once, unless `_query` and `_body` tell them apart. */
  options?: Readonly<Record<string, unknown>> | undefined
  /** Sent as it is, instead of JSON; a stream as it comes. */
  file?: Buffer | Readable
  /** The answer's body is handed out, not read. */
  isStream?: boolean
  /** True: success; a text: what the failure is called. */
  statusCodes: Readonly<Record<number, true | string>>
  abortSignal?: AbortSignal
}

/** An engine's refusal. */
class EngineRefusal extends Error {
  readonly statusCode: number
  readonly json: unknown

  constructor(statusCode: number, json: unknown) {
    super(`the engine answered ${statusCode}`)
    this.statusCode = statusCode
    this.json = json
  }
}

/**
 * HTTP to an engine's socket, in the place of dockerode's own transport. That one prints every request with all that
 * hangs on it into a string that nobody reads (18 ms a request when fifty are under way), takes its address from
 * DOCKER_HOST whatever it is told, and never settles when an engine dies in the middle of an answer.
 */
export class EngineTransport {
  /** Where dockerode looks for the promises it returns. */
  readonly Promise = Promise
  readonly #address: RequestOptions
  // a kept-alive connection would outlive the engine and fail on the first call after its return
  readonly #agent = new Agent({ keepAlive: false })
  readonly #writeListeners: (() => void)[] = []

  constructor(endpoint: Endpoint) {
    this.#address = endpoint.kind === 'socket' ? { socketPath: endpoint.path, host: 'engine' } : { host: endpoint.host, port: endpoint.port }
  }

  /** Cuts everything that is under way. */
  close(): void {
    this.#agent.destroy()
  }

  onWrite(listener: () => void): void {
    this.#writeListeners.push(listener)
  }

  dial(options: DialOptions, callback: (error: unknown, answer?: unknown) => void): void {
    this.#answer(options).then((answer) => callback(null, answer), (error: unknown) => callback(error))
  }

  async #answer(options: DialOptions): Promise<unknown> {
    if (options.method === 'GET') return await this.#exchange(options)
    const tell = (): void => { for (const listener of this.#writeListeners) listener() }
    tell()
    try {
      return await this.#exchange(options)
    } finally {
      tell()
    }
  }

  /** Asks for a connection that both sides write to, as an engine gives one to a container's input and output. */
  upgrade(path: string, abortSignal: AbortSignal): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const outgoing = request({
        ...this.#address, agent: false, method: 'POST', path, signal: abortSignal, headers: { 'connection': 'Upgrade', 'upgrade': 'tcp', 'content-length': 0 },
      })
      outgoing.once('upgrade', (_response, socket: Duplex, head: Buffer) => {
        if (head.length > 0) socket.unshift(head)
        resolve(socket)
      })
      outgoing.once('response', (response) => {
        readAnswer(response).then((answer) => reject(new EngineRefusal(response.statusCode ?? 0, answer)), reject)
      })
      outgoing.on('error', reject)
      outgoing.end()
    })
  }

  async #exchange(options: DialOptions): Promise<unknown> {
    const response = await this.#send(options)
    const isSuccess = options.statusCodes[response.statusCode ?? 0] === true
    if (isSuccess && options.isStream === true) return response
    const answer = await readAnswer(response)
    if (!isSuccess) throw new EngineRefusal(response.statusCode ?? 0, answer)
    return answer
  }

  #send({ path, method, options, file, abortSignal }: DialOptions): Promise<IncomingMessage> {
    const { abortSignal: _, ...asked } = options ?? {}
    const body = file ?? jsonBody(method, asked)
    return new Promise((resolve, reject) => {
      const outgoing = request({
        ...this.#address, agent: this.#agent, method, path: withQuery(path, asked),
        ...abortSignal !== undefined && { signal: abortSignal },
        ...body !== undefined && {
          headers: { 'content-type': file === undefined ? 'application/json' : 'application/x-tar', ...!(body instanceof Readable) && { 'content-length': Buffer.byteLength(body) } },
        },
      })
      outgoing.once('response', resolve)
      outgoing.on('error', reject)
      // errors of the body become the request's own; an engine that answers before it has taken everything has answered
      if (body instanceof Readable) pipeline(body, outgoing, () => undefined)
      else outgoing.end(body)
    })
  }
}

function jsonBody(method: string, asked: Readonly<Record<string, unknown>>): string | undefined {
  const content = asked['_body'] ?? asked
  return method === 'POST' && typeof content === 'object' && Object.keys(content).length > 0 ? JSON.stringify(content) : undefined
}

/** Objects travel as JSON, lists as the same name again. */
function withQuery(path: string, asked: Readonly<Record<string, unknown>>): string {
  if (!path.endsWith('?')) return path
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries((asked['_query'] ?? asked) as Record<string, unknown>)) {
    if (value === undefined || value === null) continue
    for (const item of Array.isArray(value) ? value as unknown[] : [value]) query.append(name, typeof item === 'string' ? item : JSON.stringify(item))
  }
  return query.size === 0 ? path.slice(0, -1) : `${path}${query.toString()}`
}

/** JSON where it is, text where it is not, null where there is nothing. */
async function readAnswer(response: IncomingMessage): Promise<unknown> {
  const chunks: Uint8Array[] = []
  for await (const chunk of response) chunks.push(chunk as Uint8Array)
  const text = Buffer.concat(chunks).toString()
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
