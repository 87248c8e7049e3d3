/**
 * What an answering node sends after it accepted a protocol:
 *
 *     request  one reply: `{ ok }` or `{ error }`
 *     stream   `{ item }` as often as there is one, then `{ end }` or `{ error }`
 *     duplex   `{ ok: null }` and then bytes, or `{ error }`
 */
import * as z from 'zod'
import { DepinError } from '../../../contract/errors.ts'
import { encodeMessage, parseMessage, parseValue } from './codec.ts'
import { WireError } from './errors.ts'

const Failure = z.strictObject({ error: WireError })
const Reply = z.union([z.strictObject({ ok: z.unknown() }), Failure])
const StreamReply = z.union([z.strictObject({ item: z.unknown() }), z.strictObject({ end: z.literal(true) }), Failure])

/** The acceptance of a conversation of bytes, as it travels and as it is read. */
export const acceptedMessage = encodeMessage({ ok: null })
const acceptedBody = acceptedMessage.subarray(1)

/** The answer, parsed. @throws what the other side reported; CodecError when this is no answer. */
export function readReply<T extends z.ZodType>(body: Uint8Array, schema: T): z.output<T> {
  const reply = parseMessage(body, Reply)
  if ('error' in reply) throw reported(reply.error)
  return parseValue(reply.ok, schema)
}

/** @throws what the other side reported; CodecError when this is no answer. */
export function readAccepted(body: Uint8Array): void {
  if (Buffer.compare(body, acceptedBody) !== 0) readReply(body, z.null())
}

export type StreamStep<T> = { kind: 'item', item: T } | { kind: 'end' }

export function readStreamReply<T extends z.ZodType>(body: Uint8Array, schema: T): StreamStep<z.output<T>> {
  const reply = parseMessage(body, StreamReply)
  if ('error' in reply) throw reported(reply.error)
  return 'end' in reply ? { kind: 'end' } : { kind: 'item', item: parseValue(reply.item, schema) }
}

function reported(error: z.output<typeof WireError>): DepinError {
  return new DepinError(error.code, error.message, {
    ...error.next !== undefined && { next: error.next },
    ...error.details !== undefined && { details: error.details },
  })
}
