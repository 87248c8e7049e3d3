import * as dagCbor from '@ipld/dag-cbor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { CodecError, encodeMessage, parseMessage } from './codec.ts'
import { decodeVarint, encodeVarint } from './varint.ts'

const Any = z.unknown()
const plain = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, fc.integer(), fc.bigInt({ min: 2n ** 60n, max: 2n ** 63n }), fc.string(), fc.boolean(), fc.constant(null), fc.uint8Array(), fc.array(tie('value')), fc.dictionary(fc.string(), tie('value'))),
})).value

describe('messages', () => {
  it('come out as they went in', () => {
    fc.assert(fc.property(plain, (value) => {
      const message = encodeMessage(value)
      const length = decodeVarint(message, 0)
      expect(length?.value).toBe(message.length - length!.byteCount)
      expect(dagCbor.encode(parseMessage(message.subarray(length!.byteCount), Any))).toEqual(dagCbor.encode(value))
    }))
  })

  it.each<[string, number[]]>([
    ['an integer in more bytes than it needs', [0x18, 0x01]],
    ['keys out of order', [0xa2, 0x61, 0x62, 0x01, 0x61, 0x61, 0x01]],
    ['a key twice', [0xa2, 0x61, 0x61, 0x01, 0x61, 0x61, 0x02]],
    ['a list of unknown length', [0x9f, 0x01, 0xff]],
    ['a short float', [0xf9, 0x3c, 0x00]],
    ['no number at all', [0xfb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0]],
    ['undefined', [0xf7]],
    ['a tag', [0xc0, 0x61, 0x61]],
    ['bytes after the value', [0x01, 0x01]],
    ['a text that is cut short', [0x65, 0x61]],
    ['nothing', []],
  ])('with %s are refused', (_, bytes) => {
    expect(() => parseMessage(Uint8Array.from(bytes), Any)).toThrow(CodecError)
  })

  it('with a prototype in them change nothing', () => {
    const value = parseMessage(Uint8Array.from([0xa1, 0x69, ...Buffer.from('__proto__'), 0xa1, 0x61, 0x78, 0x01]), Any)
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(() => parseMessage(dagCbor.encode(value), z.strictObject({ x: z.number().optional() }))).toThrow(CodecError)
  })

  it('that claim to be deep or endless are refused', () => {
    expect(() => parseMessage(Buffer.alloc(1 << 20, 0x81), Any)).toThrow(CodecError)
    expect(() => parseMessage(Uint8Array.of(0x9b, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff), Any)).toThrow(CodecError)
    expect(() => parseMessage(Uint8Array.of(0x5b, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff), Any)).toThrow(CodecError)
  })

  it('of arbitrary bytes are refused, or are canonical', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      try {
        expect(dagCbor.encode(parseMessage(bytes, Any))).toEqual(bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(CodecError)
      }
    }), { numRuns: 2000 })
  })
})

describe('lengths', () => {
  it('come out as they went in', () => {
    fc.assert(fc.property(fc.nat(2 ** 28 - 1), (value) => {
      const bytes = encodeVarint(value)
      expect(decodeVarint(bytes, 0)).toEqual({ value, byteCount: bytes.length })
      expect(decodeVarint(bytes.subarray(0, -1), 0)).toBeUndefined()
    }))
  })

  it('that are too long or padded are refused', () => {
    expect(() => decodeVarint(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x01), 0)).toThrow(RangeError)
    expect(() => decodeVarint(Uint8Array.of(0x81, 0x00), 0)).toThrow(RangeError)
  })
})
