import type { FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { DepinError } from '../../contract/errors.ts'

/** Bytes go to the file in pieces of this size, and to the disk whenever there are so many more. */
const batchBytes = 1024 ** 2
const syncBytes = 16 * 1024 ** 2

/**
 * Hands over what comes as it comes: an iterator would copy what has gathered into one piece each time. What is returned
 * is waited for before the next, and before the end.
 */
export function eachChunk(body: Readable, take: (chunk: Uint8Array) => Promise<void> | null): Promise<void> {
  return new Promise((resolve, reject) => {
    let busy: Promise<void> | null = null
    const fail = (error: unknown): void => {
      reject(error instanceof Error ? error : new Error('it could not be taken', { cause: error }))
      body.destroy()
    }
    body.on('data', (chunk: Uint8Array) => {
      try {
        const taken = take(chunk)
        if (taken === null) return
        body.pause()
        // a stream may end while it is paused
        busy = taken
        busy.then(() => body.resume(), fail)
      } catch (error) {
        fail(error)
      }
    })
    finished(body, { writable: false }).then(() => busy).then(() => resolve(), reject)
  })
}

/**
 * Writes pieces as they come in large steps, one step ahead, and sees that they get to the disk meanwhile: whoever waits
 * for all of them at the end waits for the last few only.
 */
export class BatchWriter {
  readonly #file: FileHandle
  readonly #onBatch: (batch: Uint8Array) => void
  /** One gathers what comes, the other is being written. */
  #gathering = Buffer.allocUnsafe(batchBytes)
  #other = Buffer.allocUnsafe(batchBytes)
  #batched = 0
  #writing: Promise<void> = Promise.resolve()
  #syncing: Promise<void> = Promise.resolve()
  #step: Promise<void> | null = null
  #unsynced = 0
  position: number

  /** @param onBatch sees all that is written, in its order, before it is. */
  constructor(file: FileHandle, position: number, onBatch: (batch: Uint8Array) => void) {
    this.#file = file
    this.#onBatch = onBatch
    this.position = position
  }

  /** Null: more may come at once. */
  write(chunk: Uint8Array): Promise<void> | null {
    const room = batchBytes - this.#batched
    this.#gathering.set(chunk.length <= room ? chunk : chunk.subarray(0, room), this.#batched)
    this.#batched += Math.min(chunk.length, room)
    if (this.#batched < batchBytes) return null
    const next = this.#next()
    this.#step = chunk.length > room ? next.then(() => this.write(chunk.subarray(room)) ?? undefined) : next
    return this.#step
  }

  async flush(): Promise<void> {
    // whoever is cut off in the middle of a step still has what came before
    await this.#step
    if (this.#batched > 0) await this.#next()
    await this.#writing
    await this.#syncing
  }

  async #next(): Promise<void> {
    const [batch, at] = [this.#gathering.subarray(0, this.#batched), this.position]
    this.position += batch.length
    await this.#writing
    this.#onBatch(batch)
    this.#writing = this.#put(batch, at)
    this.#batched = 0
    ;[this.#gathering, this.#other] = [this.#other, this.#gathering]
    // heard of by the next step
    this.#writing.catch(() => undefined)
  }

  /** A failure is told to whoever flushes: the system tells of it once. */
  #sync(bytes: number): void {
    this.#unsynced += bytes
    if (this.#unsynced < syncBytes) return
    this.#unsynced = 0
    this.#syncing = Promise.all([this.#syncing, this.#file.datasync()]).then(() => undefined, (error: unknown) => { throw orNoRoom(error) })
    this.#syncing.catch(() => undefined)
  }

  async #put(batch: Uint8Array, at: number): Promise<void> {
    try {
      const { bytesWritten } = await this.#file.write(batch, 0, batch.length, at)
      if (bytesWritten !== batch.length) throw Object.assign(new Error('a short write'), { code: 'ENOSPC' })
      this.#sync(batch.length)
    } catch (error) {
      throw orNoRoom(error)
    }
  }
}

function orNoRoom(error: unknown): unknown {
  const { code } = error as { code?: unknown }
  return code === 'ENOSPC' || code === 'EDQUOT' ? noRoom('there is no room for images', error) : error
}

export function noRoom(words: string, cause?: unknown): DepinError {
  return new DepinError('E_DISK_FULL', `The disk is too full for this image: ${words}.`, { next: 'Free some space, or allow less for images: depin share set --image-cache.', cause })
}
