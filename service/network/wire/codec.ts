import * as dagCbor from '@ipld/dag-cbor'
import type * as z from 'zod'
import { encodeVarint } from './varint.ts'

/** Bytes of a peer that are not what they should be: not canonical dag-cbor, or a value of another shape. */
export class CodecError extends Error {
  override readonly name = 'CodecError'
}

/** A value as it goes over the wire: its length, then canonical dag-cbor. */
export function encodeMessage(value: unknown): Buffer {
  const body = dagCbor.encode(value)
  return Buffer.concat([encodeVarint(body.length), body])
}

/** A peer's message, decoded and parsed. @throws CodecError */
export function parseMessage<T extends z.ZodType>(body: Uint8Array, schema: T): z.output<T> {
  return parseValue(decodeBody(body), schema)
}

/** @throws CodecError */
export function parseValue<T extends z.ZodType>(value: unknown, schema: T): z.output<T> {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new CodecError('of another shape', { cause: parsed.error })
  return parsed.data
}

/** Refuses every encoding but the canonical one, so that one value has one encoding. */
function decodeBody(body: Uint8Array): unknown {
  try {
    const value: unknown = dagCbor.decode(body)
    if (Buffer.compare(dagCbor.encode(value), body) !== 0) throw new CodecError('not in canonical form')
    return value
  } catch (cause) {
    throw cause instanceof CodecError ? cause : new CodecError('not a dag-cbor value', { cause })
  }
}
