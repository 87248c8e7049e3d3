import type { Duplex } from 'node:stream'
import { DepinError } from '../../../contract/errors.ts'
import { type Clock, withDeadline } from '../../base/index.ts'
import { frames as outputFrames } from '../docker/log-frames.ts'
import { type Counters, decodeCounters } from './counters.ts'
import { decodeDestinations, type Destination } from './destinations.ts'
import type { NamedService } from './lookups.ts'
import type { NetworkPolicy } from './policy.ts'
import { changingFrames, countersFrame, destinationsFrame, encodeFrame, type Frame, frameHeaderBytes, magic, maxFrameBytes, type Refusal, refusals, servicesFrame } from './program.ts'

/** The kernel works on a frame while it is sent; what takes longer is an engine that hangs. */
const deadlineMs = 10_000
const maxComplaintChars = 1000

/** The number of the answer that nobody asked for, and of the one to what was no frame. */
const readyId = 0
const nobodyId = 0xffff_ffff

interface Answer { id: number, status: number, payload: Uint8Array }

/**
 * Speaks with a guard over its container's input and output. Frames are answered in their order and by number, so that an
 * answer to a channel that is gone is not taken for one to this.
 */
export class GuardChannel implements Disposable {
  readonly #stream: Duplex
  readonly #clock: Clock
  readonly #waiting = new Map<number, { resolve: (answer: Answer) => void, reject: (error: Error) => void }>()
  /** What the guard said when it was ready, since that may be before anybody asks. */
  #readiness: Answer | null = null
  #nextId = 1
  #unread: Uint8Array = new Uint8Array()
  #complaint = ''
  #ended: Error | null = null

  /** @param stream as an engine's attach gives it; closed with the channel. */
  constructor(stream: Duplex, clock: Clock) {
    this.#stream = stream
    this.#clock = clock
    void this.#read()
  }

  [Symbol.dispose](): void {
    this.#stream.destroy()
  }

  /**
   * Waits for a guard that was started; attach before the start, since it says so once.
   *
   * @returns whether its queues are there, or only the rules hold the rate.
   */
  async ready(signal?: AbortSignal): Promise<{ queues: boolean }> {
    const { status } = this.#readiness ?? await this.#answer(readyId, signal)
    return { queues: status === 0 }
  }

  /** The whole policy at once, open connections included. Throws E_ENGINE, and the old policy is in force. */
  async setPolicy(policy: NetworkPolicy, signal?: AbortSignal): Promise<void> {
    const { rules, rate, names } = changingFrames(policy)
    await this.apply(rules, signal)
    await this.apply(names, signal)
    // where the kernel has no queues the rules hold the rate alone
    await this.#send(rate, signal)
  }

  /** For engines that have no names for a lease's services. */
  async setServices(services: readonly NamedService[], signal?: AbortSignal): Promise<void> {
    await this.apply(servicesFrame(services), signal)
  }

  async counters(signal?: AbortSignal): Promise<Counters> {
    return decodeCounters(await this.apply(countersFrame(), signal))
  }

  async destinations(signal?: AbortSignal): Promise<Destination[]> {
    return decodeDestinations(await this.apply(destinationsFrame(), signal))
  }

  /** Hands the frame to the kernel; its answers. Throws E_ENGINE where it refused, with what. */
  async apply(frame: Frame, signal?: AbortSignal): Promise<Uint8Array> {
    const { status, payload } = await this.#send(frame, signal)
    if (status !== 0) throw refusedBy(status, refusals(frame, payload))
    return payload
  }

  async #send(frame: Frame, signal: AbortSignal | undefined): Promise<Answer> {
    const id = this.#nextId++
    const answer = this.#answer(id, signal)
    if (this.#ended === null) this.#stream.write(encodeFrame(frame, id))
    return await answer
  }

  #answer(id: number, signal: AbortSignal | undefined): Promise<Answer> {
    return withDeadline(this.#clock, 'an answer of the guard', deadlineMs, () => new Promise<Answer>((resolve, reject) => {
      if (this.#ended !== null) reject(this.#ended)
      else this.#waiting.set(id, { resolve, reject })
    }), signal).finally(() => this.#waiting.delete(id))
  }

  async #read(): Promise<void> {
    let cause: unknown = null
    try {
      for await (const { source, bytes } of outputFrames(this.#stream as AsyncIterable<Uint8Array>)) {
        if (source === 'stderr') this.#complaint = `${this.#complaint}${Buffer.from(bytes).toString('latin1')}`.slice(0, maxComplaintChars)
        else this.#take(bytes)
      }
    } catch (error) {
      cause = error
    }
    const ended = guardEnded(this.#complaint, cause)
    this.#ended = ended
    this.#giveUp(ended)
    this.#stream.destroy()
  }

  #giveUp(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error)
  }

  #take(bytes: Uint8Array): void {
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes])
    while (this.#unread.length >= frameHeaderBytes) {
      const view = new DataView(this.#unread.buffer, this.#unread.byteOffset)
      const length = view.getUint32(12, true)
      if (view.getUint32(0, true) !== magic || length > maxFrameBytes) throw new RangeError('this is not the guard')
      const end = frameHeaderBytes + length
      if (this.#unread.length < end) return
      const answer = { status: view.getUint32(4, true), id: view.getUint32(8, true), payload: this.#unread.subarray(frameHeaderBytes, end) }
      this.#unread = this.#unread.subarray(end)
      if (answer.id === readyId) this.#readiness = answer
      if (answer.id === nobodyId) this.#giveUp(misunderstood())
      this.#waiting.get(answer.id)?.resolve(answer)
    }
  }
}

function refusedBy(status: number, found: readonly Refusal[]): DepinError {
  const [first] = found
  const what = first === undefined ? `error ${status}` : `${first.what}: ${first.words ?? `error ${first.error}`}`
  return new DepinError('E_ENGINE', `The kernel refuses the network rules of a lease (${what}).`, {
    next: 'The rules that were there are still in force. Update the engine, or the system that it runs on.', details: { status, refusals: found },
  })
}

/** Somebody who spoke before this channel ended in the middle of a frame. */
function misunderstood(): DepinError {
  return new DepinError('E_ENGINE', 'The guard of a lease\'s network did not understand.', { next: 'The rules that were there are still in force; it is tried again.' })
}

function guardEnded(complaint: string, cause: unknown): DepinError {
  const words = complaint.trim()
  return new DepinError('E_ENGINE', `The guard of a lease's network has ended${words === '' ? '' : ` (${words})`}.`, {
    next: 'Nothing can be reached through it; it is made again at the next attempt.', cause,
  })
}
