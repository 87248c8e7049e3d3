import type { LogChunk } from '../types.ts'

/** Bytes of one source; `first` where a new entry, with its timestamp, begins. */
interface Piece { source: LogChunk['source'], bytes: Uint8Array, first: boolean }

const headerBytes = 8
/** Longer entries are passed on in pieces of this size, so that memory does not depend on what a container prints. */
const maxPieceBytes = 64 * 1024
const maxTimestampChars = 40

/**
 * An engine's log as text with times. Reads no more of `body` than the reader asks for: a slow reader holds back the
 * engine, not memory.
 *
 * @param body as the engine sends it with `timestamps`: frames of `[source, 0, 0, 0, length]` and an entry each; for a
 *   container with a terminal just lines.
 */
export async function* logChunks(body: AsyncIterable<Uint8Array>, terminal: boolean): AsyncGenerator<LogChunk, void> {
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  const times = { stdout: 0, stderr: 0 }
  for await (const { source, bytes, first } of terminal ? lines(body) : frames(body)) {
    const stamp = first ? timestampOf(bytes) : null
    if (stamp !== null) times[source] = stamp.atMs
    const text = decoders[source].decode(stamp === null ? bytes : bytes.subarray(stamp.length), { stream: true })
    if (text !== '') yield { source, atMs: times[source], text }
  }
}

/** Output of a container without a terminal, as an engine frames it. */
export async function* frames(body: AsyncIterable<Uint8Array>): AsyncGenerator<Piece, void> {
  const reader = new ByteReader(body)
  for (;;) {
    const header = await reader.read(headerBytes)
    if (header === null) return
    const source = header[0] === 2 ? 'stderr' : 'stdout'
    let left = new DataView(header.buffer, header.byteOffset).getUint32(4)
    for (let first = true; left > 0; first = false) {
      const bytes = await reader.read(Math.min(left, maxPieceBytes))
      if (bytes === null) return
      left -= bytes.length
      yield { source, bytes, first }
    }
  }
}

async function* lines(body: AsyncIterable<Uint8Array>): AsyncGenerator<Piece, void> {
  let rest: Uint8Array = new Uint8Array()
  let first = true
  for await (const chunk of body) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (let end = rest.indexOf(10); end >= 0 || rest.length > maxPieceBytes; end = rest.indexOf(10)) {
      const length = end >= 0 ? end + 1 : maxPieceBytes
      yield { source: 'stdout', bytes: rest.subarray(0, length), first }
      rest = rest.subarray(length)
      first = end >= 0
    }
  }
  if (rest.length > 0) yield { source: 'stdout', bytes: rest, first }
}

/** Exactly `length` bytes at a time from chunks of any size. */
class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>
  #have: Uint8Array = new Uint8Array()

  constructor(body: AsyncIterable<Uint8Array>) {
    this.#chunks = body[Symbol.asyncIterator]()
  }

  /** Null when the stream ends before. */
  async read(length: number): Promise<Uint8Array | null> {
    const parts = [this.#have]
    let have = this.#have.length
    while (have < length) {
      const next = await this.#chunks.next()
      if (next.done === true) return null
      parts.push(next.value)
      have += next.value.length
    }
    const all = parts.length === 1 ? this.#have : Buffer.concat(parts)
    this.#have = all.subarray(length)
    return all.subarray(0, length)
  }
}

/** `2026-01-15T12:00:00.000000001Z text` → the time, and how much of the entry it takes. */
function timestampOf(bytes: Uint8Array): { atMs: number, length: number } | null {
  const space = bytes.subarray(0, maxTimestampChars).indexOf(32)
  if (space < 0) return null
  const atMs = Date.parse(Buffer.from(bytes.subarray(0, space)).toString('latin1'))
  return Number.isNaN(atMs) ? null : { atMs, length: space + 1 }
}
