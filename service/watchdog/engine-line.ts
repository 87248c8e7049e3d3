import { request, type RequestOptions } from 'node:http'
import * as z from 'zod'
import type { Clock } from '../base/index.ts'
import { withDeadline } from '../base/index.ts'

/** A container of this node, as far as the watchdog cares. */
export interface EngineContainer {
  id: string
  leaseId: string
  /** gone: it exists and does nothing. */
  state: 'running' | 'paused' | 'gone'
}

const maxAnswerBytes = 8 << 20

const ContainerJson = z.object({ Id: z.string(), State: z.string(), Labels: z.record(z.string(), z.string()).nullish() })

/** As much of an engine's API as it takes to end things. Every call has a deadline. */
export class EngineLine {
  readonly #address: RequestOptions
  readonly #clock: Clock
  readonly #deadlineMs: number

  /** @param engine its address as the orders have it: `unix://…`, `npipe://…` or `tcp://host:port`. */
  constructor(engine: string, clock: Clock, deadlineMs: number) {
    this.#address = addressOf(engine)
    this.#clock = clock
    this.#deadlineMs = deadlineMs
  }

  /** All containers that carry this node's label and belong to a lease; guards, who only hold on to a network, are let be. */
  async list(node: string): Promise<EngineContainer[]> {
    const filters = encodeURIComponent(JSON.stringify({ label: [`io.depin.node=${node}`] }))
    const { status, body } = await this.#call('GET', `/containers/json?all=1&filters=${filters}`)
    if (status !== 200) throw new Error(`the engine answered ${status}`)
    return z.array(ContainerJson).parse(JSON.parse(body)).flatMap(({ Id, State, Labels }) => {
      const leaseId = Labels?.['io.depin.lease']
      return leaseId === undefined || Labels?.['io.depin.kind'] !== undefined ? [] : [{ id: Id, leaseId, state: State === 'running' || State === 'restarting' ? 'running' as const : State === 'paused' ? 'paused' as const : 'gone' as const }]
    })
  }

  /** “Already so” and “already gone” are success. */
  async pause(id: string): Promise<void> {
    await this.#order(`/containers/${id}/pause`, [204, 304, 404, 409])
  }

  async kill({ id, state }: EngineContainer): Promise<void> {
    // a frozen process does not die before it is thawed
    if (state === 'paused') await this.#order(`/containers/${id}/unpause`, [204, 304, 404, 409, 500])
    await this.#order(`/containers/${id}/kill`, [204, 304, 404, 409])
  }

  async #order(path: string, fine: readonly number[]): Promise<void> {
    const { status, body } = await this.#call('POST', path)
    if (!fine.includes(status)) throw new Error(`the engine answered ${status}: ${body.slice(0, 200)}`)
  }

  #call(method: string, path: string): Promise<{ status: number, body: string }> {
    return withDeadline(this.#clock, 'the engine', this.#deadlineMs, (signal) => new Promise((resolve, reject) => {
      const call = request({ ...this.#address, method, path, signal, headers: { host: 'engine', connection: 'close' } }, (response) => {
        const chunks: Buffer[] = []
        let size = 0
        response.on('data', (chunk: Buffer) => {
          size += chunk.byteLength
          if (size > maxAnswerBytes) response.destroy(new Error('the engine says too much'))
          else chunks.push(chunk)
        })
        response.once('error', reject)
        response.once('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }))
      })
      call.once('error', reject)
      call.end()
    }))
  }
}

function addressOf(engine: string): RequestOptions {
  const [, scheme, rest = ''] = /^([a-z]+):\/\/(.*)$/.exec(engine) ?? []
  if (scheme === 'unix' || scheme === 'npipe') return { socketPath: rest }
  const url = new URL(`http://${rest}`)
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) }
}
