/**
 * oRPC's peer protocol over any two-way line of text messages: what a WebSocket and a message port have in common.
 */
import { ServerPeer } from '@orpc/standard-server-peer'
import type { Logger } from '../base/index.ts'
import { apiError } from './errors.ts'
import { errorResponse, type ApiHandler } from './handler.ts'

export interface Channel {
  /**
   * Resolves when the message has left this process: a stream asks its generator for the next item only then. Rejects
   * when the line is closed.
   */
  send(message: string): Promise<void>
  /** Ends the line because the other side does not speak the protocol. */
  closeAsBroken(): void
}

/** What the owner of the line tells about it. */
export interface ChannelEvents {
  message(message: string): void
  close(): void
  /** Resolves when every call that was made has its answer, sent or refused; streams go on. */
  answered(): Promise<void>
}

export interface ChannelOptions {
  handler: ApiHandler
  /** Calls and streams under way at once; one more is answered E_BUSY. */
  maxCalls: number
  log: Logger
}

export function serveChannel(channel: Channel, { handler, maxCalls, log }: ChannelOptions): ChannelEvents {
  const peer = new ServerPeer((message) => {
    if (typeof message !== 'string') throw new TypeError('the contract has no binary answers')
    return channel.send(message)
  })

  const answering = new Set<Promise<unknown>>()

  async function receive(message: string): Promise<void> {
    const call: { understood: boolean } = { understood: false }
    try {
      await peer.message(message, (request) => {
        call.understood = true
        if (peer.length > maxCalls) return Promise.resolve(busy)
        const answer = handler.answer({ ...request, body: () => Promise.resolve(request.body) })
        answering.add(answer)
        return answer.finally(() => answering.delete(answer))
      })
    } catch (error) {
      if (call.understood) log.debug('api answer not delivered', { error })
      else channel.closeAsBroken()
    }
  }

  return {
    message: (message) => void receive(message),
    close: () => peer.close(),
    answered: async () => {
      while (answering.size > 0) await Promise.allSettled(answering)
      // an answer is encoded before it is sent
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

const busy = errorResponse(apiError({
  code: 'E_BUSY', message: 'Too many calls at once on one connection.', next: 'Wait for some of them to end.',
}, 429))
