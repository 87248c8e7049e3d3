/** A value as JSON: plain where it can be, else tagged with what it was. */
type Wire = null | boolean | number | string | Tagged
interface Tagged { $: string, v?: unknown, f?: string, n?: string, m?: string, k?: string }

export interface Codec {
  /** @throws `An object could not be cloned.`, as structured clone does for functions, symbols and promises */
  encode(value: unknown): string
  decode(text: string): unknown
}

/**
 * Structured clone to text and back. This very function also runs in the page, which gets its source: it uses nothing
 * from around it.
 */
export function makeCodec(): Codec {
  const views = { Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array }
  const errors: Record<string, ErrorConstructor> = { TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError }
  const isNode = typeof Buffer !== 'undefined'
  type Base64 = { toBase64(): string } & Uint8Array
  const toBase64 = (bytes: Uint8Array) => isNode ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64') : (bytes as Base64).toBase64()
  const fromBase64 = (text: string) => isNode ? new Uint8Array(Buffer.from(text, 'base64')) : (Uint8Array as unknown as { fromBase64(text: string): Uint8Array<ArrayBuffer> }).fromBase64(text)

  function encode(value: unknown, seen: Map<object, number>): Wire {
    switch (typeof value) {
      case 'boolean': case 'string': return value
      case 'undefined': return { $: 'undefined' }
      case 'number': return Number.isFinite(value) && !Object.is(value, -0) ? value : { $: 'number', v: Object.is(value, -0) ? '-0' : String(value) }
      case 'bigint': return { $: 'bigint', v: String(value) }
      case 'object': return value === null ? null : encodeObject(value, seen)
      default: throw new Error('An object could not be cloned.')
    }
  }

  function encodeObject(value: object, seen: Map<object, number>): Wire {
    const before = seen.get(value)
    if (before !== undefined) return { $: 'again', v: before }
    seen.set(value, seen.size)
    const each = (item: unknown) => encode(item, seen)
    if (Array.isArray(value)) return { $: 'array', v: Array.from(value, each) }
    if (value instanceof Date) return { $: 'date', v: value.getTime() }
    if (value instanceof RegExp) return { $: 'regexp', v: value.source, f: value.flags }
    if (value instanceof Map) return { $: 'map', v: Array.from(value, ([key, item]) => [each(key), each(item)]) }
    if (value instanceof Set) return { $: 'set', v: Array.from(value, each) }
    if (value instanceof Error) return { $: 'error', n: value.name, m: value.message, k: value.stack ?? '' }
    if (value instanceof ArrayBuffer) return { $: 'buffer', v: toBase64(new Uint8Array(value)) }
    if (ArrayBuffer.isView(value)) {
      const name = isNode && Buffer.isBuffer(value) ? 'Uint8Array' : value.constructor.name
      return { $: 'view', n: name, v: toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) }
    }
    if (Object.prototype.toString.call(value) !== '[object Object]' || 'then' in value) throw new Error('An object could not be cloned.')
    return { $: 'object', v: Object.fromEntries(Object.entries(value).map(([key, item]) => [key, each(item)])) }
  }

  function decode(wire: Wire, seen: object[]): unknown {
    if (wire === null || typeof wire !== 'object') return wire
    if (wire.$ === 'undefined') return undefined
    if (wire.$ === 'number') return Number(wire.v)
    if (wire.$ === 'bigint') return BigInt(wire.v as string)
    if (wire.$ === 'again') return seen[wire.v as number]
    return decodeObject(wire, seen)
  }

  function decodeObject({ $: kind, v, f = '', n = '', m = '', k = '' }: Tagged, seen: object[]): object {
    // Its place is taken before its parts are read, as when it was written: a part may point back to it.
    const place = seen.length
    const keep = <T extends object>(made: T): T => { seen[place] = made; return made }
    switch (kind) {
      case 'array': { const made = keep<unknown[]>([]); for (const item of v as Wire[]) made.push(decode(item, seen)); return made }
      case 'date': return keep(new Date(v as number))
      case 'regexp': return keep(new RegExp(v as string, f))
      case 'map': { const made = keep(new Map<unknown, unknown>()); for (const [key, item] of v as [Wire, Wire][]) made.set(decode(key, seen), decode(item, seen)); return made }
      case 'set': { const made = keep(new Set<unknown>()); for (const item of v as Wire[]) made.add(decode(item, seen)); return made }
      case 'error': return keep(Object.assign(new (errors[n] ?? Error)(m), { stack: k }))
      case 'buffer': return keep(fromBase64(v as string).buffer)
      case 'view': { const bytes = fromBase64(v as string); return keep(n === 'DataView' ? new DataView(bytes.buffer) : new views[n as keyof typeof views](bytes.buffer)) }
      case 'object': { const made = keep<Record<string, unknown>>({}); for (const [key, item] of Object.entries(v as Record<string, Wire>)) made[key] = decode(item, seen); return made }
      default: throw new Error(`A message has a part of an unknown kind: ${kind}.`)
    }
  }

  return {
    encode: (value) => JSON.stringify(encode(value, new Map())),
    decode: (text) => decode(JSON.parse(text) as Wire, []),
  }
}

export const codec = makeCodec()
