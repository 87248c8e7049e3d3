import { GuardChannel } from '../guard/channel.ts'
import type { EngineContext } from './context.ts'
import { statusOf } from './errors.ts'

/** The containers that guards are, and one channel to each, opened when it is needed. */
export class Guards {
  readonly #context: EngineContext
  readonly #channels = new Map<string, Promise<GuardChannel>>()

  constructor(context: EngineContext) {
    this.#context = context
  }

  async channel(podId: string): Promise<GuardChannel> {
    const known = this.#channels.get(podId)
    if (known !== undefined) return await known
    const { client, clock } = this.#context
    const opening = client.attach(podId).then((stream) => {
      stream.once('close', () => { if (this.#channels.get(podId) === opening) this.#channels.delete(podId) })
      return new GuardChannel(stream, clock)
    })
    this.#channels.set(podId, opening)
    opening.catch(() => this.#channels.delete(podId))
    return await opening
  }

  /** Starts the guard and hears that it has closed the namespace. One that cannot is removed, so that nothing joins it. */
  async start(podId: string): Promise<void> {
    const { client, log } = this.#context
    try {
      await this.#close(podId)
      const channel = await this.channel(podId)
      await client.call('start a guard', 60_000, (docker, abortSignal) => docker.getContainer(podId).start({ abortSignal }))
      const { queues } = await channel.ready()
      log.debug('guard is ready', { podId, queues })
    } catch (error) {
      await this.remove(podId).catch(() => undefined)
      throw error
    }
  }

  async remove(podId: string): Promise<void> {
    await this.#close(podId)
    try {
      await this.#context.client.call('remove a guard', 60_000, (docker, abortSignal) => docker.getContainer(podId).remove({ force: true, v: true, abortSignal }))
    } catch (error) {
      const code = statusOf(error)
      // somebody else removes it at this moment
      if (code !== 404 && code !== 409) throw error
    }
  }

  async #close(podId: string): Promise<void> {
    const channel = await this.#channels.get(podId)?.catch(() => null)
    this.#channels.delete(podId)
    channel?.[Symbol.dispose]()
  }
}
