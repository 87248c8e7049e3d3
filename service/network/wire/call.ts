/** The asking side of the three kinds of conversation, over a session with the other side. */
import type { Duplex } from 'node:stream'
import type * as z from 'zod'
import { DepinError } from '../../../contract/errors.ts'
import type { DuplexProtocol, RequestProtocol, StreamProtocol } from '../../../contract/wire/v1/protocols.ts'
import type { Clock } from '../../base/index.ts'
import type { Session } from '../mux/session.ts'
import { type Channel, ChannelError } from '../mux/types.ts'
import { ChannelDuplex } from './channel-duplex.ts'
import { encodeMessage } from './codec.ts'
import type { EarlyBytes } from './early.ts'
import { guard, type Patience } from './guard.ts'
import { FramingError, Inbox } from './inbox.ts'
import { readAccepted, readReply, readStreamReply } from './replies.ts'
import { NotSpokenError, proposal, readAcceptance } from './select.ts'

/** How much longer than its payload an answer may be: `{ ok: … }` around it. */
export const envelopeBytes = 64

interface Conversation { channel: Channel, inbox: Inbox }

/** With whom, and how long the caller waits. */
export interface CallContext {
  session: Session
  clock: Clock
  patience: Patience
}

export async function callRequest<I extends z.ZodType, O extends z.ZodType>(
  { session, clock, patience }: CallContext, protocol: RequestProtocol<I, O>, input: z.input<I>,
): Promise<z.output<O>> {
  const { channel, inbox } = ask(session, protocol, input)
  const release = guard(channel, clock, patience)
  try {
    const answer = readReply(await firstAnswer(inbox, protocol), protocol.output)
    // not before: other implementations take an end that comes while they choose the protocol for a failure
    channel.end()
    return answer
  } finally {
    release()
    channel.reset(new ChannelError('The answer has come, or is not waited for'))
  }
}

/** The patience is for the first item; each further one has `idleMs` to come, counted while the reader waits for it. */
export async function* callStream<I extends z.ZodType, T extends z.ZodType>(
  { session, clock, patience }: CallContext, protocol: StreamProtocol<I, T>, input: z.input<I>,
): AsyncGenerator<z.output<T>, void> {
  const { channel, inbox } = ask(session, protocol, input)
  let release = guard(channel, clock, patience)
  try {
    let body = await firstAnswer(inbox, protocol)
    for (;;) {
      release()
      const step = readStreamReply(body, protocol.item)
      if (step.kind === 'end') break
      yield step.item
      release = guard(channel, clock, { ...patience, what: `the next message of ${protocol.id}`, deadlineMs: protocol.idleMs })
      body = await expectMessage(inbox, protocol.maxBytes)
    }
    channel.end()
  } finally {
    release()
    channel.reset(new ChannelError('The reader has gone'))
  }
}

export async function callDuplex<I extends z.ZodType>(
  { session, clock, patience }: CallContext, protocol: DuplexProtocol<I>, input: z.input<I>, early?: EarlyBytes,
): Promise<Duplex> {
  const { channel, inbox } = ask(session, protocol, input)
  const release = guard(channel, clock, patience)
  early?.sendOver(channel)
  let isAnswered = false
  try {
    const answer = await firstAnswer(inbox, protocol)
    isAnswered = true
    readAccepted(answer)
    early?.accepted()
    return new ChannelDuplex(channel, inbox)
  } catch (error) {
    channel.reset(new ChannelError('Not accepted'))
    if (isAnswered || error instanceof NotSpokenError) early?.refused()
    else early?.unanswered()
    throw error
  } finally {
    release()
  }
}

function ask<I extends z.ZodType>(session: Session, protocol: { id: string, input: I, maxBytes: number }, input: z.input<I>): Conversation {
  protocol.input.parse(input)
  const message = encodeMessage(input)
  if (message.length > protocol.maxBytes) {
    throw new DepinError('E_TOO_LARGE', `This is larger than ${protocol.id} carries: ${message.length} of ${protocol.maxBytes} bytes.`, { next: 'Send less.' })
  }
  const channel = session.open()
  channel.write(Buffer.concat([proposal(protocol.id), message]))
  return { channel, inbox: new Inbox(channel) }
}

async function firstAnswer(inbox: Inbox, protocol: { id: string, maxBytes: number }): Promise<Uint8Array> {
  await readAcceptance(inbox, protocol.id)
  return await expectMessage(inbox, protocol.maxBytes)
}

async function expectMessage(inbox: Inbox, maxBytes: number): Promise<Uint8Array> {
  const body = await inbox.message(maxBytes + envelopeBytes)
  if (body === undefined) throw new FramingError('the end instead of an answer')
  return body
}
