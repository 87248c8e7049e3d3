/**
 * What every peer message is made of. Messages are canonical dag-cbor; a peer's bytes are bounded before they are
 * decoded, and parsed by these schemas before any code sees them.
 */
import * as z from 'zod'

/** CBOR has one integer type; small ones decode to number, large ones to bigint. Here they are all bigint. */
export const Amount = z.union([z.int(), z.bigint()])
  .transform((value) => BigInt(value))
  .refine((value) => value >= 0n && value < 2n ** 63n, 'not in 0 … 2^63')

/** A count or duration that stays well inside a double. */
export const Count = z.int().min(0).max(Number.MAX_SAFE_INTEGER)

const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'not bytes')
export const bytes = (length: number) => Bytes.refine((value) => value.byteLength === length, `not ${length} bytes`)
export const boundedBytes = (maxLength: number) => Bytes.refine((value) => value.byteLength <= maxLength, `more than ${maxLength} bytes`)

export const Hash = bytes(32)
export const Signature = bytes(64)
export const RequestId = bytes(16)

/** A record exactly as it was signed, and one signature over its domain and these bytes. */
export const SignedBytes = z.strictObject({ body: boundedBytes(16 * 1024), signature: Signature })
export type SignedBytes = z.infer<typeof SignedBytes>

/** Which network a record belongs to; a signature made for one is worthless in another. */
export const NetworkName = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,62}$/)

/** Text from a peer: bounded here, shown as text only. */
export const PeerText = (maxLength: number) => z.string().max(maxLength)
