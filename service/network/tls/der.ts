/**
 * Just enough DER (ITU-T X.690) to write one kind of certificate and to take one apart. Strict: single-byte tags, definite
 * and minimal lengths, nothing left over.
 */

export const tags = {
  boolean: 0x01, integer: 0x02, bitString: 0x03, octetString: 0x04, oid: 0x06,
  printableString: 0x13, utcTime: 0x17, generalizedTime: 0x18, sequence: 0x30, set: 0x31,
} as const

export interface Element {
  tag: number
  content: Uint8Array
  /** Tag, length and content, as they stood. */
  raw: Uint8Array
}

export class DerError extends Error {
  override readonly name = 'DerError'
}

/** The one element that these bytes are. */
export function readOne(bytes: Uint8Array, tag: number): Element {
  const element = readAt(bytes, 0)
  if (element.raw.length !== bytes.length) throw new DerError('bytes after the element')
  if (element.tag !== tag) throw new DerError(`tag ${element.tag} instead of ${tag}`)
  return element
}

/** The elements inside of a constructed one, in order. */
export function readChildren(parent: Element): Element[] {
  const children: Element[] = []
  for (let offset = 0; offset < parent.content.length;) {
    const child = readAt(parent.content, offset)
    children.push(child)
    offset += child.raw.length
  }
  return children
}

export function write(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents)
  return Buffer.concat([Uint8Array.of(tag), lengthOf(content.length), content])
}

/** Context-specific, constructed: `[number] EXPLICIT`. */
export const explicit = (number: number): number => 0xa0 | number

function readAt(bytes: Uint8Array, offset: number): Element {
  const tag = byteAt(bytes, offset)
  if ((tag & 0x1f) === 0x1f) throw new DerError('a tag of several bytes')
  const { length, headerLength } = readLength(bytes, offset + 1)
  const start = offset + 1 + headerLength
  if (start + length > bytes.length) throw new DerError('an element longer than its bytes')
  return { tag, content: bytes.subarray(start, start + length), raw: bytes.subarray(offset, start + length) }
}

function readLength(bytes: Uint8Array, offset: number): { length: number, headerLength: number } {
  const first = byteAt(bytes, offset)
  if (first < 0x80) return { length: first, headerLength: 1 }
  const count = first & 0x7f
  if (count === 0 || count > 3) throw new DerError('a length that is indefinite or too long')
  let length = 0
  for (let index = 1; index <= count; index++) length = length * 256 + byteAt(bytes, offset + index)
  if (lengthOf(length).length !== count + 1) throw new DerError('a length that is not minimal')
  return { length, headerLength: count + 1 }
}

function lengthOf(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length)
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return Uint8Array.of(0x80 | bytes.length, ...bytes)
}

function byteAt(bytes: Uint8Array, offset: number): number {
  const byte = bytes[offset]
  if (byte === undefined) throw new DerError('the bytes end too early')
  return byte
}
