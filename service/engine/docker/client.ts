import type { Duplex } from 'node:stream'
import type Docker from 'dockerode'
import { type Clock, deadlineSignal, raceSignal } from '../../base/index.ts'
import { type Endpoint, formatEndpoint } from '../endpoint.ts'
import { engineGone } from '../errors.ts'
import type { ContainerSpec } from '../spec.ts'
import { engineError } from './errors.ts'
import { type DialOptions, EngineTransport } from './transport.ts'

/** The engine's API without the ways to create a container: that goes through `DockerClient.create` alone. */
export type DockerApi = Omit<Docker, 'createContainer' | 'run' | 'createService'>

type Work<T> = (docker: DockerApi, signal: AbortSignal) => Promise<T>

/** A body that is still coming. Disposing it ends the request. */
export interface OpenBody extends Disposable {
  readonly body: AsyncIterable<Uint8Array>
}

const headersDeadlineMs = 15_000

/**
 * One connection to one engine, for as long as it answers. Every call is raced against a deadline, the caller's signal
 * and the client's own end, because requests to an engine that dies in the middle never settle. A client that was closed
 * stays closed: whoever finds the engine again makes a new one.
 */
export class DockerClient {
  readonly endpoint: Endpoint
  readonly #docker: Docker
  readonly #transport: EngineTransport
  readonly #clock: Clock
  readonly #end = new AbortController()
  #onSilence: () => void = () => undefined

  private constructor(endpoint: Endpoint, docker: Docker, transport: EngineTransport, clock: Clock) {
    this.endpoint = endpoint
    this.#docker = docker
    this.#transport = transport
    this.#clock = clock
  }

  static async open(endpoint: Endpoint, clock: Clock): Promise<DockerClient> {
    // loaded on the first engine found: a node without one does not pay for it
    const { default: Dockerode } = await import('dockerode')
    const transport = new EngineTransport(endpoint)
    // its types do not know that it takes a transport
    const options: object = { modem: transport }
    return new DockerClient(endpoint, new Dockerode(options), transport, clock)
  }

  /** Called when the engine did not answer, at all or in time. */
  set onSilence(listener: () => void) {
    this.#onSilence = listener
  }

  /** Called when something that may change the engine is asked of it, and again when that is over. */
  onWrite(listener: () => void): void {
    this.#transport.onWrite(listener)
  }

  close(reason: string): void {
    this.#end.abort(new Error(reason))
    this.#transport.close()
  }

  /**
   * @param what the call in words, for errors: “start the container”.
   * @param signal the caller's; when it aborts, its reason is thrown as it is.
   * @throws DepinError otherwise; one that the engine answered has its HTTP status in `details.status`.
   */
  async call<T>(what: string, deadlineMs: number, work: Work<T>, signal?: AbortSignal): Promise<T> {
    using deadline = deadlineSignal(this.#clock, what, deadlineMs, this.#following(signal))
    try {
      return await raceSignal(work(this.#docker, deadline.signal), deadline.signal)
    } catch (error) {
      throw this.#translate(what, error, signal)
    }
  }

  /** As `call`, for answers that go on coming: the deadline is for the headers. */
  async stream(what: string, work: Work<NodeJS.ReadableStream>, signal?: AbortSignal, deadlineMs = headersDeadlineMs): Promise<OpenBody> {
    const over = new AbortController()
    const life = AbortSignal.any([over.signal, this.#following(signal)])
    try {
      const body = await this.call(what, deadlineMs, (docker) => work(docker, life), signal)
      // errors reach whoever reads; one that comes when nobody reads any more is nobody's
      body.on('error', () => undefined)
      return { body: body as AsyncIterable<Uint8Array>, [Symbol.dispose]: () => over.abort() }
    } catch (error) {
      over.abort()
      throw error
    }
  }

  /**
   * A container's input, output and error output in one: what is written goes to its input, what is read comes in frames
   * (log-frames.ts). Ends with the container, the engine, this client, or when it is destroyed, which the container does
   * not notice.
   */
  async attach(containerId: string, signal?: AbortSignal): Promise<Duplex> {
    return await this.#attach(containerId, '&stdin=1', signal)
  }

  /** What a container prints from now on, as the engine frames it. Destroy it when it is not needed any more. */
  async overhear(containerId: string, signal: AbortSignal): Promise<Duplex> {
    return await this.#attach(containerId, '', signal)
  }

  async #attach(containerId: string, input: string, signal: AbortSignal | undefined): Promise<Duplex> {
    const path = `/containers/${encodeURIComponent(containerId)}/attach?stream=1${input}&stdout=1&stderr=1`
    const socket = await this.call('speak with the container', headersDeadlineMs, (_, abortSignal) => this.#transport.upgrade(path, abortSignal), signal)
    const abandon = (): void => void socket.destroy()
    this.#end.signal.addEventListener('abort', abandon)
    socket.once('close', () => this.#end.signal.removeEventListener('abort', abandon))
    // errors reach whoever reads; one that comes when nobody reads any more is nobody's
    socket.on('error', () => undefined)
    return socket
  }

  /** A failure while reading a body, as `call` would throw it. */
  bodyError(what: string, error: unknown, signal?: AbortSignal): Error {
    return this.#translate(what, error, signal)
  }

  /** Creates a container; its id. The only way to. */
  async create(spec: ContainerSpec): Promise<string> {
    // dockerode would otherwise put the whole body into the URL as well, where environments do not fit
    const options = { _query: { name: spec.name }, _body: spec.options }
    const created = await this.call(`create the container ${spec.name}`, 60_000, (docker, abortSignal) => (
      (docker as Docker).createContainer({ ...options, abortSignal })
    ))
    return created.id
  }

  /** A question that dockerode does not put. */
  ask(what: string, deadlineMs: number, path: string, signal?: AbortSignal): Promise<unknown> {
    return this.#say(what, deadlineMs, { path, method: 'GET' }, signal)
  }

  /** An order that dockerode does not give. */
  post(what: string, deadlineMs: number, path: string, body: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<unknown> {
    return this.#say(what, deadlineMs, { path, method: 'POST', options: { _body: body } }, signal)
  }

  #say(what: string, deadlineMs: number, words: Pick<DialOptions, 'path' | 'method'> & Partial<Pick<DialOptions, 'options'>>, signal: AbortSignal | undefined): Promise<unknown> {
    return this.call(what, deadlineMs, (_, abortSignal) => new Promise((resolve, reject) => {
      this.#transport.dial({ ...words, statusCodes: { 200: true, 201: true }, abortSignal }, (error, answer) => {
        if (error == null) resolve(answer)
        else reject(error instanceof Error ? error : new Error('the engine did not say why', { cause: error }))
      })
    }), signal)
  }

  #following(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#end.signal : AbortSignal.any([this.#end.signal, signal])
  }

  #translate(what: string, error: unknown, signal: AbortSignal | undefined): Error {
    if (signal?.aborted === true) return signal.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal.reason })
    if (this.#end.signal.aborted) return engineGone(what, formatEndpoint(this.endpoint), this.#end.signal.reason)
    const translated = engineError(what, formatEndpoint(this.endpoint), error)
    if (translated.code === 'E_ENGINE_STOPPED' || translated.code === 'E_ENGINE_FORBIDDEN') this.#onSilence()
    return translated
  }
}
