import { DepinError } from '../../../contract/errors.ts'
import type { FileLayer } from '../types.ts'

/**
 * Tar archives in the POSIX format (IEEE 1003.1, “pax”): 512-byte blocks, a header before each file, a preceding
 * extended header for a path that does not fit.
 */
export const blockBytes = 512
const nameBytes = 100
const maxOctalSize = 0o77777777777

/**
 * Files with their owners and modes. Directories are left to whoever unpacks: those that are there keep their owner and
 * mode, others are made for everybody to read. Times are zero: same files, same bytes.
 */
export function buildTar(files: readonly FileLayer[]): Uint8Array {
  const blocks = files.flatMap((file) => entry(file.path.replace(/^\/+/, ''), file, file.content))
  return Buffer.concat([...blocks, new Uint8Array(2 * blockBytes)])
}

type Ownership = Pick<FileLayer, 'mode' | 'uid' | 'gid'>

function entry(path: string, owner: Ownership, content: Uint8Array): Uint8Array[] {
  const blocks = [header(path, '0', owner, content.length), ...padded(content)]
  return Buffer.byteLength(path) <= nameBytes ? blocks : [...paxPath(path), ...blocks]
}

/** A file of an archive whose content is too large to be held. */
export interface TarFile { path: string, sizeBytes: number, open: () => AsyncIterable<Uint8Array> }

/** As `buildTar`, piece by piece. Throws when a file is not as long as was said. */
export async function* streamTar(files: readonly TarFile[]): AsyncGenerator<Uint8Array, void> {
  for (const { path, sizeBytes, open } of files) {
    yield header(path, '0', { mode: 0o644, uid: 0, gid: 0 }, sizeBytes)
    let leftBytes = sizeBytes
    for await (const chunk of open()) {
      leftBytes -= chunk.length
      if (leftBytes < 0) break
      yield chunk
    }
    if (leftBytes !== 0) throw new DepinError('E_INTERNAL', `${path} is not of the ${sizeBytes} bytes that were said.`)
    yield Buffer.alloc(paddingOf(sizeBytes))
  }
  yield Buffer.alloc(2 * blockBytes)
}

/** `<length> path=<path>\n`, where the length counts itself. */
function paxPath(path: string): Uint8Array[] {
  const rest = ` path=${path}\n`
  const restBytes = Buffer.byteLength(rest)
  let length = restBytes
  while (length !== restBytes + String(length).length) length = restBytes + String(length).length
  const record = Buffer.from(`${length}${rest}`)
  return [header('pax', 'x', { mode: 0o644, uid: 0, gid: 0 }, record.length), ...padded(record)]
}

function header(path: string, type: '0' | 'x', owner: Ownership, size: number): Uint8Array {
  const block = Buffer.alloc(blockBytes)
  const octal = (value: number, offset: number, length: number): void => void block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset)
  Buffer.from(path).copy(block, 0, 0, nameBytes)
  octal(owner.mode, 100, 8)
  octal(owner.uid, 108, 8)
  octal(owner.gid, 116, 8)
  if (size <= maxOctalSize) octal(size, 124, 12)
  else writeLargeSize(block, size)
  octal(0, 136, 12)
  block.write(`        ${type}`, 148)
  block.write('ustar\x0000', 257)
  // the sum is taken with its own field full of spaces
  octal(block.reduce((sum, byte) => sum + byte, 0), 148, 7)
  return block
}

/** As GNU has it: a set first bit, and the number in base 256. */
function writeLargeSize(block: Buffer, size: number): void {
  block.writeUInt32BE(0x80000000, 124)
  block.writeBigUInt64BE(BigInt(size), 128)
}

function padded(content: Uint8Array): Uint8Array[] {
  return [content, new Uint8Array(paddingOf(content.length))]
}

/** How much is missing to the end of the block. */
export function paddingOf(sizeBytes: number): number {
  return (blockBytes - sizeBytes % blockBytes) % blockBytes
}
