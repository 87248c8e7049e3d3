import { type Clock, DeadlineError, type Disposer } from '../../base/index.ts'
import { type Channel, ChannelError } from '../mux/types.ts'
import type { Caller } from '../types.ts'

/** Made once: an error costs more than all the rest of an ordinary end. */
const over = new ChannelError('The conversation is over')

/** A caller as the handler sees it. The signal is made when somebody asks for it: most handlers are done before. */
export class Visitor implements Caller {
  readonly peerId: string
  #controller: AbortController | undefined
  #reason: Error | undefined
  /** Tells whoever waits now that the caller has gone. */
  #onLeave: ((reason: Error) => void) | undefined

  constructor(peerId: string, channel: Channel) {
    this.peerId = peerId
    void channel.whenClosed.then((error) => this.#leave(error ?? over))
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#reason !== undefined) this.#controller.abort(this.#reason)
    return this.#controller.signal
  }

  /** `work`, unless the caller goes away or the deadline passes before it is done: then throws why, and tells the handler. */
  async wait<T>(work: Promise<T>, clock?: Clock, deadline?: { what: string, deadlineMs: number }): Promise<T> {
    let cancel: Disposer | undefined
    const over = new Promise<never>((_, reject) => {
      this.#onLeave = reject
      if (this.#reason !== undefined) reject(this.#reason)
      if (clock === undefined || deadline === undefined) return
      cancel = clock.after(deadline.deadlineMs, () => this.#leave(new DeadlineError(deadline.what, deadline.deadlineMs)))
    })
    try {
      return await Promise.race([work, over])
    } finally {
      cancel?.()
      this.#onLeave = undefined
    }
  }

  #leave(reason: Error): void {
    this.#reason ??= reason
    this.#controller?.abort(this.#reason)
    this.#onLeave?.(this.#reason)
  }
}
