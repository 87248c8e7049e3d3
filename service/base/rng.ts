import { randomBytes } from 'node:crypto'
import type { Rng } from './types.ts'

/** The operating system's randomness. */
export function createSystemRng(): Rng {
  return {
    bytes: (length) => new Uint8Array(randomBytes(length)),
    fraction: () => randomBytes(4).readUInt32BE() / 2 ** 32,
  }
}

/** `length` random bytes as lower-case hex, for request ids and names. */
export function randomHex(rng: Rng, length: number): string {
  return Buffer.from(rng.bytes(length)).toString('hex')
}
