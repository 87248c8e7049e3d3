import { DeadlineError, withDeadline } from '../../base/index.ts'
import { engineGone } from '../errors.ts'
import type { FakeWorld } from './world.ts'

const deadlineMs = 5000

/** One connection to the fake: answers as the engine's state lets it. */
export class FakeLine {
  readonly world: FakeWorld
  readonly socket: string
  readonly #end = new AbortController()

  constructor(world: FakeWorld, socket: string) {
    this.world = world
    this.socket = socket
  }

  get closed(): AbortSignal {
    return this.#end.signal
  }

  close(reason: string): void {
    this.#end.abort(new Error(reason))
  }

  /** Resolves when the engine takes the call; a hung one never does. Throws E_ENGINE_STOPPED, or the signal's reason. */
  async ask(what: string, signal?: AbortSignal): Promise<FakeWorld> {
    const following = signal === undefined ? this.closed : AbortSignal.any([this.closed, signal])
    try {
      await withDeadline(this.world.clock, what, deadlineMs, async () => {
        while (this.world.state === 'hung') await this.world.stateChange()
      }, following)
    } catch (error) {
      if (signal?.aborted === true) throw error
      throw engineGone(what, this.socket, error instanceof DeadlineError ? error : this.closed.reason)
    }
    if (this.world.state !== 'up') throw engineGone(what, this.socket, null)
    return this.world
  }
}
