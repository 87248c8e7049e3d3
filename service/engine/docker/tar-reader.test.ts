import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildTar, streamTar } from './tar.ts'
import { readTar } from './tar-reader.ts'

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function* inPieces(bytes: Uint8Array, lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const length = lengths[turn % lengths.length] ?? 1
    yield await Promise.resolve(bytes.subarray(at, at + length))
    at += length
  }
}

async function readAll(bytes: Uint8Array, lengths = [4096], skip: (path: string) => boolean = () => false): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  for await (const { kind, path, body } of readTar(inPieces(bytes, lengths))) if (kind === 'file' && !skip(path)) files[path] = (await collect(body)).toString('latin1')
  return files
}

describe('an archive that is read as it comes', () => {
  it('gives what was put in, however it is cut, whatever is passed over', async () => {
    const content = fc.uint8Array({ maxLength: 2000 })
    const files = fc.dictionary(fc.string({ unit: fc.constantFrom('a', 'b', 'c', '/', 'é'), minLength: 1, maxLength: 200 }).map((text) => `f${text.replace(/\/+/g, '/').replace(/\/$/, '')}`), content, { maxKeys: 6 })
    await fc.assert(fc.asyncProperty(files, fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 }), fc.boolean(), async (given, lengths, isSkipping) => {
      const entries = Object.entries(given)
      const tar = buildTar(entries.map(([path, bytes]) => ({ path, content: bytes, mode: 0o644, uid: 0, gid: 0 })))
      const skip = (path: string): boolean => isSkipping && path.length % 2 === 0
      const expected = Object.fromEntries(entries.filter(([path]) => !skip(path)).map(([path, bytes]) => [path, Buffer.from(bytes).toString('latin1')]))
      expect(await readAll(tar, lengths, skip)).toEqual(expected)
    }), { numRuns: 100 })
  })

  it('reads what tar writes, in either dialect, and knows a file from what is none', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'depin-tar-'))
    try {
      const long = `${'long-'.repeat(30)}.txt`
      writeFileSync(join(directory, long), 'long')
      writeFileSync(join(directory, 'a'), 'x'.repeat(5000))
      execFileSync('ln', ['-s', 'a', join(directory, 'link')])
      mkdirSync(join(directory, 'folder'))
      for (const format of ['gnu', 'pax']) {
        const tar = execFileSync('tar', ['-C', directory, `--format=${format}`, '-c', long, 'a', 'link', 'folder'])
        expect(await readAll(tar)).toEqual({ [long]: 'long', a: 'x'.repeat(5000) })
        const kinds: string[] = []
        for await (const { kind, path } of readTar(inPieces(tar, [4096]))) kinds.push(`${path} ${kind}`)
        expect(kinds.slice(1)).toEqual(['a file', 'link other', 'folder/ directory'])
      }
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  it('is made piece by piece as at once; sizes beyond eight GiB can be written down', async () => {
    const bytes = Buffer.from('hello')
    expect(await collect(streamTar([{ path: 'a', sizeBytes: 5, open: () => inPieces(bytes, [2]) }]))).toEqual(buildTar([{ path: 'a', content: bytes, mode: 0o644, uid: 0, gid: 0 }]))
    const large = streamTar([{ path: 'a', sizeBytes: 2 ** 35, open: () => inPieces(bytes, [5]) }])
    const header = (await large.next()).value as Uint8Array
    await large.return()
    const sizes: number[] = []
    await expect((async () => {
      for await (const { sizeBytes } of readTar(inPieces(header, [512]))) sizes.push(sizeBytes)
    })()).rejects.toMatchObject({ code: 'E_ENGINE' })
    expect(sizes).toEqual([2 ** 35])
    await expect(collect(streamTar([{ path: 'a', sizeBytes: 4, open: () => inPieces(bytes, [5]) }]))).rejects.toMatchObject({ code: 'E_INTERNAL' })
  })

  it('that is damaged is refused', async () => {
    const tar = Buffer.from(buildTar([{ path: 'a', content: Buffer.from('x'), mode: 0o644, uid: 0, gid: 0 }]))
    tar[0]!++
    await expect(readAll(tar)).rejects.toMatchObject({ code: 'E_ENGINE' })
    await expect(readAll(tar.subarray(0, 700))).rejects.toMatchObject({ code: 'E_ENGINE' })
  })
})
