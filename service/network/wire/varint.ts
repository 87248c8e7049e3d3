/** Unsigned LEB128 in its shortest form, up to 28 bits: the lengths of messages. */

const maxVarintBytes = 4

export function encodeVarint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest >>>= 7) bytes.push(rest & 0x7f | 0x80)
  bytes.push(rest)
  return Uint8Array.from(bytes)
}

/** The number at `offset`; undefined when more bytes are needed. Throws RangeError on one that is too long or not minimal. */
export function decodeVarint(bytes: Uint8Array, offset: number): { value: number, byteCount: number } | undefined {
  let value = 0
  for (let index = 0; index < maxVarintBytes; index++) {
    const byte = bytes[offset + index]
    if (byte === undefined) return undefined
    value += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) {
      if (byte === 0 && index > 0) throw new RangeError('a length that is not minimal')
      return { value, byteCount: index + 1 }
    }
  }
  throw new RangeError('a length that is too long')
}
