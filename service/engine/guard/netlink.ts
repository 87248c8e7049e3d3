/**
 * Netlink messages as bytes, in the byte order of both processors that the guard is built for (little endian).
 *
 * Formats: linux/netlink.h (`struct nlmsghdr`, `struct nlattr`, NLA_F_NESTED, NLM_F_*), netlink(7).
 */

/** One message, and in words what it is about, for when the kernel refuses it. */
export interface NetlinkMessage {
  what: string
  type: number
  flags: number
  body: Uint8Array
}

export const flags = { request: 0x1, ack: 0x4, replace: 0x100, excl: 0x200, dump: 0x300, create: 0x400, append: 0x800 } as const

const headerBytes = 16
const attributeBytes = 4
const nestedBit = 0x8000

/** Numbers the messages from 1 in their order: an error names the number of the message that it is about. */
export function encodeMessages(messages: readonly NetlinkMessage[]): Uint8Array {
  return Buffer.concat(messages.map(({ type, flags: bits, body }, index) => {
    const header = Buffer.alloc(headerBytes)
    header.writeUInt32LE(headerBytes + body.length, 0)
    header.writeUInt16LE(type, 4)
    header.writeUInt16LE(flags.request | bits, 6)
    header.writeUInt32LE(index + 1, 8)
    return padded(Buffer.concat([header, body]))
  }))
}

/** An attribute; a string ends with a NUL, as the kernel wants its names. */
export function attribute(type: number, value: Uint8Array | string): Uint8Array {
  const payload = typeof value === 'string' ? Buffer.from(`${value}\0`) : value
  const header = Buffer.alloc(attributeBytes)
  header.writeUInt16LE(attributeBytes + payload.length, 0)
  header.writeUInt16LE(type, 2)
  return padded(Buffer.concat([header, payload]))
}

export function nested(type: number, ...attributes: readonly Uint8Array[]): Uint8Array {
  return attribute(type | nestedBit, Buffer.concat(attributes))
}

/** In the machine's byte order: what the kernel compares as a number. */
export function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value >>> 0)
  return bytes
}

/** In network byte order: most of what nftables takes. */
export function be32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}

export function be16(value: number): Uint8Array {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

export function be64(value: number): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}

/** A message of an answer: its type, its number, and what follows the header. */
export interface Answer { type: number, sequence: number, body: Uint8Array }

/** Throws a RangeError where the bytes are no messages. */
export function decodeMessages(bytes: Uint8Array): Answer[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const answers: Answer[] = []
  for (let at = 0; at < bytes.length;) {
    const length = view.getUint32(at, true)
    if (length < headerBytes || at + length > bytes.length) throw new RangeError('a netlink message is cut off')
    answers.push({ type: view.getUint16(at + 4, true), sequence: view.getUint32(at + 8, true), body: bytes.subarray(at + headerBytes, at + length) })
    at += aligned(length)
  }
  return answers
}

/** Attributes by type; of two of one type the last. Throws a RangeError where the bytes are no attributes. */
export function decodeAttributes(bytes: Uint8Array): Map<number, Uint8Array> {
  return new Map(attributesIn(bytes))
}

/** What the attributes of a list hold, in order. Throws a RangeError where the bytes are no attributes. */
export function eachAttribute(bytes: Uint8Array): Uint8Array[] {
  return attributesIn(bytes).map(([, value]) => value)
}

function attributesIn(bytes: Uint8Array): [number, Uint8Array][] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const found: [number, Uint8Array][] = []
  for (let at = 0; at + attributeBytes <= bytes.length;) {
    const length = view.getUint16(at, true)
    if (length < attributeBytes || at + length > bytes.length) throw new RangeError('a netlink attribute is cut off')
    found.push([view.getUint16(at + 2, true) & 0x3fff, bytes.subarray(at + attributeBytes, at + length)])
    at += aligned(length)
  }
  return found
}

function aligned(length: number): number {
  return (length + 3) & ~3
}

function padded(bytes: Uint8Array): Uint8Array {
  return bytes.length % 4 === 0 ? bytes : Buffer.concat([bytes, new Uint8Array(aligned(bytes.length) - bytes.length)])
}
