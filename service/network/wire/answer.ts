/** The answering side: takes the channels that a peer opens, and leads each conversation by its protocol. */
import type { Duplex } from 'node:stream'
import type * as z from 'zod'
import { DepinError } from '../../../contract/errors.ts'
import type { DuplexProtocol, RequestProtocol, StreamProtocol } from '../../../contract/wire/v1/protocols.ts'
import { type Clock, DeadlineError, type Disposer, type Logger } from '../../base/index.ts'
import { type Channel, ChannelError, type ChannelSink } from '../mux/types.ts'
import type { Caller } from '../types.ts'
import { envelopeBytes } from './call.ts'
import { encodeMessage, parseMessage } from './codec.ts'
import { isOffence, toWireError } from './errors.ts'
import { guard } from './guard.ts'
import { FramingError, Inbox } from './inbox.ts'
import { Joint } from './joint.ts'
import type { ConversationKind, PeerLimits } from './limits.ts'
import { acceptedMessage } from './replies.ts'
import { acceptance, proposal, readProposal } from './select.ts'
import { Visitor } from './visitor.ts'

/** Choosing a protocol and the first message are through by then, or the channel is cut: a trickle of bytes buys nothing. */
const firstMessageMs = 10_000
/** An answer that is not taken by then is thrown away. */
const takeAnswerMs = 30_000

interface AnyProtocol { id: string, kind: ConversationKind, input: z.ZodType, maxBytes: number }

interface Entry {
  protocol: AnyProtocol
  answer: (conversation: Conversation) => Promise<void>
  /** Spoken before two nodes know that they belong together. */
  toStrangers: boolean
}

interface Conversation {
  channel: Channel
  inbox: Inbox
  input: unknown
  visitor: Visitor
  /** What is to be sent, with the acceptance of the protocol before it when that has not been sent yet. */
  opened: (bytes: Buffer) => Buffer
}

/** Who opened the channel, and what to do with channels that are not ours. */
export interface Opener {
  peerId: string
  /** Null once both sides know that they belong to one network; until then settles when they do. */
  greeted: Promise<void> | null
  hand: (channel: Channel) => void
}

export interface AnswererDeps { clock: Clock, log: Logger, limits: PeerLimits }

export class Answerer {
  readonly #deps: AnswererDeps
  readonly #entries = new Map<string, Entry>()

  constructor(deps: AnswererDeps) {
    this.#deps = deps
  }

  onRequest<I extends z.ZodType, O extends z.ZodType>(
    protocol: RequestProtocol<I, O>, handler: (input: z.output<I>, caller: Caller) => Promise<z.input<O>> | z.input<O>, toStrangers = false,
  ): void {
    this.#add(protocol, toStrangers, async ({ channel, input, visitor, opened }) => {
      const work = Promise.resolve(handler(input as z.output<I>, visitor))
      const output = await visitor.wait(work, this.#deps.clock, { what: protocol.id, deadlineMs: protocol.deadlineMs })
      protocol.output.parse(output)
      channel.write(opened(bounded({ ok: output }, protocol)))
    })
  }

  onStream<I extends z.ZodType, T extends z.ZodType>(
    protocol: StreamProtocol<I, T>, handler: (input: z.output<I>, caller: Caller) => AsyncIterable<z.input<T>>,
  ): void {
    const patience = { what: `room for ${protocol.id}`, deadlineMs: Math.max(takeAnswerMs, 4 * protocol.idleMs) }
    this.#add(protocol, false, async ({ channel, inbox, input, visitor, opened }) => {
      const items = handler(input as z.output<I>, visitor)[Symbol.asyncIterator]()
      try {
        for (;;) {
          const step = await visitor.wait(items.next())
          if (step.done === true) break
          protocol.item.parse(step.value)
          const release = guard(channel, this.#deps.clock, patience)
          await inbox.write(opened(bounded({ item: step.value }, protocol))).finally(release)
        }
        channel.write(opened(encodeMessage({ end: true })))
      } finally {
        // a handler that is waiting hears of it by its signal; its end is not waited for
        void Promise.resolve(items.return?.()).catch(() => undefined)
      }
    })
  }

  onDuplex<I extends z.ZodType>(protocol: DuplexProtocol<I>, handler: (input: z.output<I>, caller: Caller) => Promise<Duplex>): void {
    this.#add(protocol, false, async ({ channel, inbox, input, visitor, opened }) => {
      let isLate = false
      const work = handler(input as z.output<I>, visitor)
      // one that comes too late is not left open
      work.then((socket) => isLate && socket.destroy(), () => undefined)
      const socket = await visitor.wait(work, this.#deps.clock, { what: protocol.id, deadlineMs: protocol.deadlineMs }).catch((error: unknown) => {
        isLate = true
        throw error
      })
      channel.write(opened(acceptedMessage))
      inbox.release(new Joint(channel, socket))
      await channel.whenClosed
    })
  }

  /** Takes a channel that a peer opened. Never throws. */
  async accept(channel: Channel, opener: Opener): Promise<void> {
    const inbox = new Inbox(channel)
    const release = this.#deps.clock.after(firstMessageMs, () => channel.reset(new FramingError('a first message that takes too long')))
    try {
      const protocolId = await readProposal(inbox)
      const entry = protocolId === undefined ? undefined : this.#entries.get(protocolId)
      if (entry !== undefined) await this.#converse(entry, { channel, inbox }, opener, release)
      else if (protocolId !== undefined) opener.hand(replay(channel, inbox, protocolId))
    } catch (error) {
      channel.reset(error as Error)
      this.#note(error, opener.peerId, null)
    } finally {
      release()
    }
  }

  #add(protocol: AnyProtocol, toStrangers: boolean, answer: Entry['answer']): void {
    if (this.#entries.has(protocol.id)) throw new Error(`${protocol.id} has a handler already`)
    this.#entries.set(protocol.id, { protocol, answer, toStrangers })
  }

  async #converse(entry: Entry, { channel, inbox }: { channel: Channel, inbox: Inbox }, opener: Opener, onFirstMessage: Disposer): Promise<void> {
    const { protocol } = entry
    const opened = accepting(protocol.id, channel, inbox)
    let leave: Disposer | undefined
    try {
      if (!entry.toStrangers && opener.greeted !== null) await opener.greeted
      leave = this.#deps.limits.enter(opener.peerId, protocol.id, protocol.kind)
      const body = await inbox.message(protocol.maxBytes)
      onFirstMessage()
      if (body === undefined) throw new FramingError('the end instead of a question')
      await entry.answer({ channel, inbox, input: parseMessage(body, protocol.input), visitor: new Visitor(opener.peerId, channel), opened })
    } catch (error) {
      channel.write(opened(encodeMessage({ error: toWireError(error, protocol.id) })))
      this.#note(error, opener.peerId, protocol.id)
    } finally {
      onFirstMessage()
      await this.#finish(channel)
      leave?.()
    }
  }

  /** Ends our way, and gives the other side a while to take the rest. */
  async #finish(channel: Channel): Promise<void> {
    channel.end()
    const release = guard(channel, this.#deps.clock, { what: 'taking the answer', deadlineMs: takeAnswerMs })
    await channel.whenClosed
    release()
  }

  #note(error: unknown, peerId: string, protocolId: string | null): void {
    const fields = { peerId, protocol: protocolId, error }
    if (isOffence(error)) {
      this.#deps.log.debug('a peer broke the rules of a conversation', fields)
      this.#deps.limits.offend(peerId)
    } else if (error instanceof DepinError || error instanceof ChannelError || error instanceof DeadlineError) this.#deps.log.debug('a conversation ended early', fields)
    else this.#deps.log.warn('a conversation failed', fields)
  }
}

/** Who sends the question along with the proposal gets the acceptance along with the answer; others wait for it. */
function accepting(protocolId: string, channel: Channel, inbox: Inbox): (bytes: Buffer) => Buffer {
  let pending: Buffer | undefined = acceptance(protocolId)
  if (inbox.haveBytes === 0) {
    channel.write(pending)
    pending = undefined
  }
  return (bytes) => {
    const all = pending === undefined ? bytes : Buffer.concat([pending, bytes])
    pending = undefined
    return all
  }
}

function bounded(reply: object, protocol: { id: string, maxBytes: number }): Buffer {
  const message = encodeMessage(reply)
  if (message.length <= protocol.maxBytes + envelopeBytes) return message
  throw new DepinError('E_TOO_LARGE', `The answer is larger than ${protocol.id} carries.`, { next: 'Ask for less.' })
}

/** The channel for somebody else to read, as if the choice of protocol were still to come. */
function replay(channel: Channel, inbox: Inbox, protocolId: string): Channel {
  return {
    id: channel.id,
    whenClosed: channel.whenClosed,
    write: (bytes) => channel.write(bytes),
    end: () => channel.end(),
    reset: (reason) => channel.reset(reason),
    credit: (byteCount) => channel.credit(byteCount),
    attach(sink: ChannelSink) {
      sink.data(proposal(protocolId))
      inbox.release(sink)
    },
  }
}
