import { DepinError } from '../../../contract/errors.ts'
import { blockBytes, paddingOf } from './tar.ts'

/** A piece of an archive; its body is read to the end, or passed over, before the next. */
export interface TarEntry { kind: 'file' | 'directory' | 'other', path: string, sizeBytes: number, body: AsyncIterable<Uint8Array> }

/** Extended headers are names and numbers: none is longer. */
const maxExtensionBytes = 1024 * 1024

/** Reads an archive as it comes: POSIX with its extensions, and GNU's long names and sizes. */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry, void> {
  const reader = new ByteReader(source)
  let known: Partial<Pick<TarEntry, 'path' | 'sizeBytes'>> = {}
  for (;;) {
    const block = await reader.take(blockBytes)
    if (block === undefined || block.every((byte) => byte === 0)) break
    const { path, sizeBytes, type } = parseHeader(block, known)
    if (type === 'x' || type === 'L') {
      const content = await extension(reader, sizeBytes)
      known = { ...known, ...type === 'x' ? parsePax(content) : { path: textOf(content) } }
      continue
    }
    known = {}
    const body = reader.pass(sizeBytes)
    yield { kind: type === '0' || type === '\0' ? 'file' : type === '5' ? 'directory' : 'other', path, sizeBytes, body }
    // what was not read of it
    for await (const _ of body);
    await reader.take(paddingOf(sizeBytes))
  }
  await reader.drain()
}

async function extension(reader: ByteReader, sizeBytes: number): Promise<Buffer> {
  if (sizeBytes > maxExtensionBytes) throw damaged('a header without an end')
  const content = await reader.take(sizeBytes) ?? Buffer.alloc(0)
  await reader.take(paddingOf(sizeBytes))
  return content
}

function parseHeader(block: Buffer, known: Partial<Pick<TarEntry, 'path' | 'sizeBytes'>>): { path: string, sizeBytes: number, type: string } {
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0)
  if (sum !== octal(block.subarray(148, 156))) throw damaged('a header whose sum is wrong')
  const prefix = textOf(block.subarray(345, 500))
  const name = textOf(block.subarray(0, 100))
  return {
    path: known.path ?? (prefix === '' || block.toString('latin1', 257, 262) !== 'ustar' ? name : `${prefix}/${name}`),
    sizeBytes: known.sizeBytes ?? sizeOf(block.subarray(124, 136)),
    type: String.fromCharCode(block[156] ?? 0),
  }
}

function sizeOf(field: Buffer): number {
  const size = (field[0] ?? 0) >= 0x80 ? Number(field.readBigUInt64BE(4)) : octal(field)
  if (!Number.isSafeInteger(size)) throw damaged('a file of no size')
  return size
}

function octal(field: Buffer): number {
  const text = textOf(field).trim()
  return text === '' ? 0 : Number.parseInt(text, 8)
}

/** `<length> <key>=<value>\n`, as often as there are keys. */
function parsePax(content: Buffer): { path?: string, sizeBytes?: number } {
  const found: { path?: string, sizeBytes?: number } = {}
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at)
    const length = Number(content.toString('latin1', at, space))
    if (space < 0 || !Number.isInteger(length) || length <= 0) throw damaged('a header that cannot be read')
    const [key = '', ...value] = content.toString('utf8', space + 1, at + length - 1).split('=')
    if (key === 'path') found.path = value.join('=')
    if (key === 'size') found.sizeBytes = Number(value.join('='))
    at += length
  }
  return found
}

function textOf(field: Buffer): string {
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? field.length : end)
}

function damaged(what: string): DepinError {
  return new DepinError('E_ENGINE', `The container engine sent an archive with ${what}.`, { next: 'Try again; look in the log of the engine.' })
}

/** Hands out what comes in the lengths that are asked for. */
class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>
  #rest: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#chunks = source[Symbol.asyncIterator]()
  }

  /** Exactly so many bytes; undefined at the end of everything. */
  async take(byteCount: number): Promise<Buffer | undefined> {
    const parts: Uint8Array[] = []
    for await (const part of this.pass(byteCount, true)) parts.push(part)
    return parts.length === 0 && byteCount > 0 ? undefined : Buffer.concat(parts)
  }

  /** The same, in pieces. */
  async* pass(byteCount: number, mayEnd = false): AsyncGenerator<Uint8Array, void> {
    for (let leftBytes = byteCount; leftBytes > 0;) {
      if (this.#rest.length === 0 && !await this.#more()) {
        if (mayEnd && leftBytes === byteCount) return
        throw damaged('an end in the middle of a file')
      }
      const piece = this.#rest.subarray(0, leftBytes)
      this.#rest = this.#rest.subarray(piece.length)
      leftBytes -= piece.length
      yield piece
    }
  }

  async drain(): Promise<void> {
    while (await this.#more());
  }

  async #more(): Promise<boolean> {
    const next = await this.#chunks.next()
    if (next.done === true) return false
    const { buffer, byteOffset, byteLength } = next.value
    this.#rest = Buffer.from(buffer, byteOffset, byteLength)
    return true
  }
}
