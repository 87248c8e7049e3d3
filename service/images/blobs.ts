import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { DepinError } from '../../contract/errors.ts'
import { formatSize, formatSizeMiB } from '../../contract/units.ts'
import { keepFreeDiskMiB } from '../capacity/index.ts'
import { BatchWriter, eachChunk, noRoom } from './batch-writer.ts'

/** How much is read at a time, bytes. */
const readBytes = 1024 ** 2
const partSuffix = '.part'
const looseSuffix = '.loose'
const fileName = /^[0-9a-f]{64}$/

/** The bytes are not what their digest says. */
export class CorruptBlob extends Error {
  override readonly name = 'CorruptBlob'
}

/**
 * Content by its digest, in files. What has its whole name was verified and written to the disk before it got that name; what is
 * still coming is `.part`, and goes on where it was after a restart.
 */
export class BlobStore {
  readonly #directory: string
  readonly #sizes = new Map<string, number>()
  readonly #receiving = new Set<string>()
  #loose = 0

  constructor(directory: string) {
    this.#directory = directory
  }

  async open(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 })
    for (const name of await readdir(this.#directory)) {
      if (name.endsWith(looseSuffix)) await rm(join(this.#directory, name), { force: true })
      else if (fileName.test(name)) this.#sizes.set(`sha256:${name}`, (await stat(join(this.#directory, name))).size)
    }
  }

  /** Bytes; null when it is not here. */
  size(digest: string): number | null {
    return this.#sizes.get(digest) ?? null
  }

  list(): { digest: string, sizeBytes: number }[] {
    return [...this.#sizes].map(([digest, sizeBytes]) => ({ digest, sizeBytes }))
  }

  /** For reading. E_NOT_FOUND when it is not here. */
  async openForReading(digest: string): Promise<FileHandle> {
    try {
      return await open(this.#path(digest))
    } catch (cause) {
      this.#sizes.delete(digest)
      throw new DepinError('E_NOT_FOUND', 'This piece of an image is not here any more.', { next: 'Ask another node.', cause })
    }
  }

  async* read(digest: string): AsyncGenerator<Uint8Array, void> {
    const file = await this.openForReading(digest)
    try {
      for (;;) {
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(readBytes))
        if (bytesRead === 0) return
        yield buffer.subarray(0, bytesRead)
      }
    } finally {
      await file.close()
    }
  }

  async remove(digest: string): Promise<void> {
    this.#sizes.delete(digest)
    await rm(this.#path(digest), { force: true })
  }

  /** Takes a blob that comes from elsewhere, going on with what is there. One at a time for each digest. */
  async receive(digest: string, sizeBytes: number): Promise<BlobReceiver> {
    if (this.#receiving.has(digest)) throw new DepinError('E_CONFLICT', 'This piece of an image is on its way already.')
    this.#receiving.add(digest)
    try {
      const path = `${this.#path(digest)}${partSuffix}`
      const file = await open(path, 'a+', 0o600).then(async (appending) => {
        await appending.close()
        return await open(path, 'r+')
      })
      const receiver = new BlobReceiver(file, digest, sizeBytes, async (isWhole) => {
        await file.close()
        this.#receiving.delete(digest)
        if (isWhole) await this.#adopt(path, digest, sizeBytes)
      })
      await receiver.rehash()
      return receiver
    } catch (error) {
      this.#receiving.delete(digest)
      throw error
    }
  }

  /** Writes content whose digest is not known yet, and keeps it when it is wanted. */
  async take(body: AsyncIterable<Uint8Array>, isWanted: (digest: string, sizeBytes: number) => boolean): Promise<string> {
    const path = join(this.#directory, `${this.#loose++}${looseSuffix}`)
    const file = await open(path, 'w', 0o600)
    const hash = createHash('sha256')
    const writer = new BatchWriter(file, 0, (batch) => void hash.update(batch))
    try {
      for await (const chunk of body) await writer.write(chunk)
      await writer.flush()
      const digest = `sha256:${hash.digest('hex')}`
      if (isWanted(digest, writer.position) && this.size(digest) === null) {
        await file.datasync()
        await this.#adopt(path, digest, writer.position)
      }
      return digest
    } finally {
      await file.close()
      await rm(path, { force: true })
    }
  }

  /** Bytes of pieces that never became whole. */
  async discardParts(): Promise<void> {
    for (const name of await readdir(this.#directory)) {
      const digest = `sha256:${name.replace(partSuffix, '')}`
      if (name.endsWith(partSuffix) && !this.#receiving.has(digest)) await rm(join(this.#directory, name), { force: true })
    }
  }

  /** E_DISK_FULL when so many bytes more would leave the machine without room. */
  async assertRoom(bytes: number): Promise<void> {
    await assertRoom(this.#directory, bytes)
  }

  async #adopt(path: string, digest: string, sizeBytes: number): Promise<void> {
    await rename(path, this.#path(digest))
    if (process.platform !== 'win32') {
      const folder = await open(this.#directory)
      try {
        await folder.sync()
      } finally {
        await folder.close()
      }
    }
    this.#sizes.set(digest, sizeBytes)
  }

  #path(digest: string): string {
    return join(this.#directory, digest.replace(/^sha256:/, ''))
  }
}

/** One blob on its way, from one source or several after each other. Ends with `finish` or `leave`. */
export class BlobReceiver {
  readonly #file: FileHandle
  readonly #digest: string
  readonly #close: (isWhole: boolean) => Promise<void>
  #hash: Hash = createHash('sha256')
  readonly sizeBytes: number
  offset = 0

  constructor(file: FileHandle, digest: string, sizeBytes: number, close: (isWhole: boolean) => Promise<void>) {
    this.#file = file
    this.#digest = digest
    this.sizeBytes = sizeBytes
    this.#close = close
  }

  /** Looks at what is there from last time. */
  async rehash(): Promise<void> {
    const { size } = await this.#file.stat()
    if (size > this.sizeBytes) await this.reset()
    while (this.offset < size) {
      const { bytesRead, buffer } = await this.#file.read(Buffer.allocUnsafe(readBytes), 0, readBytes, this.offset)
      if (bytesRead === 0) return
      this.#hash.update(buffer.subarray(0, bytesRead))
      this.offset += bytesRead
    }
  }

  /** Everything that came is thrown away. */
  async reset(): Promise<void> {
    await this.#file.truncate(0)
    this.#hash = createHash('sha256')
    this.offset = 0
  }

  /** Adds what comes. What came before a failure stays. CorruptBlob when it is more than was said. */
  async add(body: Readable, onBytes: (count: number) => void): Promise<void> {
    const writer = new BatchWriter(this.#file, this.offset, (batch) => void this.#hash.update(batch))
    try {
      await eachChunk(body, (chunk) => {
        if (this.offset + chunk.length > this.sizeBytes) throw new CorruptBlob(`${this.#digest} is longer than the ${this.sizeBytes} bytes that were said`)
        this.offset += chunk.length
        onBytes(chunk.length)
        return writer.write(chunk)
      })
    } finally {
      await writer.flush()
    }
  }

  /** Verified, durable, and in its place when it returns. CorruptBlob, and nothing is left of it. */
  async finish(): Promise<void> {
    const isWhole = this.offset === this.sizeBytes && `sha256:${this.#hash.digest('hex')}` === this.#digest
    if (!isWhole) {
      await this.reset()
      throw new CorruptBlob(`${this.#digest} is not what came`)
    }
    await this.#file.datasync()
    await this.#close(true)
  }

  /** Keeps what came for later. */
  async leave(): Promise<void> {
    await this.#close(false)
  }
}

async function assertRoom(directory: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory)
  const freeBytes = bavail * bsize
  if (freeBytes - bytes < keepFreeDiskMiB * 1024 ** 2) throw noRoom(`${formatSize(freeBytes)} are free, ${formatSize(bytes)} are needed, ${formatSizeMiB(keepFreeDiskMiB)} are kept free`)
}
