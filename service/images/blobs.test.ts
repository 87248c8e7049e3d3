import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BlobStore, CorruptBlob } from './blobs.ts'

const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

describe('pieces of images', () => {
  let directory = ''
  let blobs: BlobStore
  const ignore = (): void => undefined
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'depin-blobs-'))
    blobs = new BlobStore(directory)
    await blobs.open()
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  async function* failing(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(bytes)
    throw new Error('cut')
  }

  it('come whole from many beginnings, across restarts', async () => {
    const content = randomBytes(3_000_000)
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 1_500_000 }), restart: fc.boolean() }), { maxLength: 4 }), async (cuts) => {
      const digest = digestOf(content)
      for (const { bytes, restart } of cuts) {
        const receiver = await blobs.receive(digest, content.length)
        await expect(receiver.add(Readable.from(failing(content.subarray(receiver.offset, Math.min(content.length, receiver.offset + bytes)))), ignore)).rejects.toThrow('cut')
        await receiver.leave()
        if (!restart) continue
        blobs = new BlobStore(directory)
        await blobs.open()
      }
      const receiver = await blobs.receive(digest, content.length)
      await receiver.add(Readable.from([content.subarray(receiver.offset)]), ignore)
      await receiver.finish()
      expect(blobs.size(digest)).toBe(content.length)
      expect(readdirSync(directory)).toEqual([digest.slice(7)])
      await blobs.remove(digest)
    }), { numRuns: 15 })
  })

  it('keep what came before a cut in the middle of a write, however large the pieces', async () => {
    const content = randomBytes(20_000_000)
    const digest = digestOf(content)
    const receiver = await blobs.receive(digest, content.length)
    const body = new Readable({ read: () => undefined })
    body.push(content.subarray(0, 9_000_000))
    const adding = receiver.add(body, () => body.destroy(new Error('cut')))
    await expect(adding).rejects.toThrow('cut')
    await receiver.leave()
    const again = await blobs.receive(digest, content.length)
    expect(again.offset).toBe(9_000_000)
    await again.add(Readable.from([content.subarray(again.offset)]), ignore)
    await again.finish()
    expect(blobs.size(digest)).toBe(content.length)
  })

  it('that are not what they are called, too long or too short, are never kept', async () => {
    for (const content of [randomBytes(1000), randomBytes(9_000_000)]) for (const wrong of [randomBytes(content.length), content.subarray(0, -1), Buffer.concat([content, Buffer.from('x')])]) {
      const receiver = await blobs.receive(digestOf(content), content.length)
      await expect(receiver.add(Readable.from([wrong]), ignore).then(() => receiver.finish())).rejects.toBeInstanceOf(CorruptBlob)
      await receiver.reset()
      await receiver.leave()
      expect(blobs.size(digestOf(content))).toBeNull()
    }
  })

  it('come one at a time; what is not wanted leaves nothing behind', async () => {
    const content = randomBytes(1000)
    const receiver = await blobs.receive(digestOf(content), content.length)
    await expect(blobs.receive(digestOf(content), content.length)).rejects.toMatchObject({ code: 'E_CONFLICT' })
    await receiver.leave()
    await blobs.discardParts()
    expect(await blobs.take(Readable.from([content]), () => false)).toBe(digestOf(content))
    expect(readdirSync(directory)).toEqual([])
    await blobs.take(Readable.from([content]), () => true)
    expect(blobs.list()).toEqual([{ digest: digestOf(content), sizeBytes: 1000 }])
    await expect(blobs.openForReading(`sha256:${'0'.repeat(64)}`)).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
    await expect(blobs.assertRoom(2 ** 60)).rejects.toMatchObject({ code: 'E_DISK_FULL' })
  })
})
