import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogChunk } from '../types.ts'
import { lookupName, parseImageName } from './image-name.ts'
import { jsonLines } from './json-lines.ts'
import { logChunks } from './log-frames.ts'
import { freeSubnet } from './subnets.ts'
import { buildTar } from './tar.ts'

async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size))
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

const stamp = '2026-01-15T12:00:00.123456789Z'
const stampMs = Date.UTC(2026, 0, 15, 12, 0, 0, 123)

function frame(source: 1 | 2, text: string | Uint8Array): Buffer {
  const payload = Buffer.concat([Buffer.from(`${stamp} `), Buffer.from(text as string)])
  const header = Buffer.from([source, 0, 0, 0, 0, 0, 0, 0])
  header.writeUInt32BE(payload.length, 4)
  return Buffer.concat([header, payload])
}

function joined(chunks: readonly LogChunk[], source: LogChunk['source']): string {
  return chunks.filter((chunk) => chunk.source === source).map((chunk) => chunk.text).join('')
}

describe('an engine’s log', () => {
  it('is the same text however its bytes are cut', async () => {
    const entry = fc.record({ source: fc.constantFrom(1 as const, 2 as const), text: fc.string({ unit: 'grapheme', maxLength: 40 }) })
    await fc.assert(fc.asyncProperty(fc.array(entry, { maxLength: 8 }), fc.integer({ min: 1, max: 50 }), async (entries, size) => {
      const chunks = await collect(logChunks(chunked(Buffer.concat(entries.map(({ source, text }) => frame(source, text))), size), false))
      for (const [number, source] of [[1, 'stdout'], [2, 'stderr']] as const) {
        expect(joined(chunks, source)).toBe(entries.filter((item) => item.source === number).map(({ text }) => text).join(''))
      }
      expect(chunks.every(({ atMs }) => atMs === stampMs)).toBe(true)
    }))
  })

  it('keeps a character whole that is cut between two entries', async () => {
    const [head, tail] = [Buffer.from('€').subarray(0, 1), Buffer.from('€').subarray(1)]
    const chunks = await collect(logChunks(chunked(Buffer.concat([frame(1, head), frame(2, 'x'), frame(1, tail)]), 64), false))
    expect(joined(chunks, 'stdout')).toBe('€')
  })

  it('passes a huge entry on in pieces', async () => {
    const text = 'y'.repeat(1024 ** 2)
    const chunks = await collect(logChunks(chunked(frame(1, text), 10_000), false))
    expect(Math.max(...chunks.map((chunk) => chunk.text.length))).toBeLessThanOrEqual(64 * 1024)
    expect(joined(chunks, 'stdout')).toBe(text)
  })

  it('of a terminal comes in lines', async () => {
    const long = 'z'.repeat(200_000)
    const bytes = Buffer.from(`${stamp} one\r\n${stamp} ${long}\r\n${stamp} open`)
    const chunks = await collect(logChunks(chunked(bytes, 7777), true))
    expect(joined(chunks, 'stdout')).toBe(`one\r\n${long}\r\nopen`)
    expect(chunks[0]).toEqual({ source: 'stdout', atMs: stampMs, text: 'one\r\n' })
  })

  it('that is cut off ends without its last, broken entry', async () => {
    const bytes = Buffer.concat([frame(1, 'whole\n'), frame(1, 'broken\n').subarray(0, 20)])
    expect(joined(await collect(logChunks(chunked(bytes, 9), false)), 'stdout')).toBe('whole\n')
  })
})

describe('JSON lines', () => {
  it('are the same values however their bytes are cut', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 5 }), fc.integer({ min: 1, max: 30 }), async (values, size) => {
      const bytes = Buffer.from(values.map((value) => `${JSON.stringify(value)}\r\n`).join(''))
      expect(JSON.stringify(await collect(jsonLines(chunked(bytes, size))))).toBe(JSON.stringify(values))
    }))
  })

  it('without an end are refused', async () => {
    await expect(collect(jsonLines(chunked(Buffer.alloc(3 * 1024 ** 2, 'x'), 65_536)))).rejects.toMatchObject({ code: 'E_ENGINE' })
  })
})

describe('an archive', () => {
  it('is one that tar reads, with owners, modes and long names', () => {
    const directory = mkdtempSync(join(tmpdir(), 'depin-tar-'))
    try {
      const long = `/etc/${'ö/deep-directory-name'.repeat(12)}/file`
      const files = [
        { path: '/run/secrets/key', content: Buffer.from('s3cret'), mode: 0o440, uid: 999, gid: 7 },
        { path: long, content: Buffer.alloc(1024, 'a'), mode: 0o644, uid: 0, gid: 0 },
        { path: '/empty', content: new Uint8Array(), mode: 0o600, uid: 65_535, gid: 65_535 },
      ]
      writeFileSync(join(directory, 'a.tar'), buildTar(files))
      const listing = execFileSync('tar', ['--numeric-owner', '-tvf', join(directory, 'a.tar')], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } })
      expect(listing).toMatch(/^-r--r----- 999\/7 +6 .* run\/secrets\/key$/m)
      expect(listing).toMatch(/^-rw------- 65535\/65535 +0 .* empty$/m)
      execFileSync('tar', ['--no-same-owner', '-C', directory, '-xf', join(directory, 'a.tar')])
      expect(readFileSync(join(directory, long), 'utf8')).toBe('a'.repeat(1024))
      expect(statSync(join(directory, long)).mode & 0o777).toBe(0o644)
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})

describe('image names', () => {
  it.each([
    ['debian', 'debian:latest'],
    ['debian:12', 'debian:12'],
    ['host:5000/a/b', 'host:5000/a/b:latest'],
    ['host:5000/a/b:1', 'host:5000/a/b:1'],
    [`a/b:1@sha256:${'0'.repeat(64)}`, `a/b@sha256:${'0'.repeat(64)}`],
    // the beginning of an id is a name like any other
    ['4c7e', '4c7e:latest'],
    ['sha256:4c7e', 'docker.io/library/sha256:4c7e'],
    [`sha256:${'4'.repeat(64)}`, `sha256:${'4'.repeat(64)}`],
  ])('%s is looked up as %s', (ref, name) => {
    expect(lookupName(ref)).toBe(name)
  })

  it('have a tag even beside a digest', () => {
    expect(parseImageName('a/b:1@sha256:0')).toEqual({ repository: 'a/b', tag: '1', digest: 'sha256:0' })
  })
})

describe('a free subnet', () => {
  it('overlaps nothing that is taken', () => {
    const taken = ['10.0.0.0/9', '192.168.1.0/24', 'fe80::1/64', '10.201.0.0/26', '10.201.0.128/25', '10.201.1.7/24']
    expect(freeSubnet(taken, 0)).toBe('10.201.0.64/26')
    expect(freeSubnet([...taken, '10.201.0.64/26'], 0)).toBe('10.201.2.0/26')
  })

  it('comes round to the beginning, and is null when all are taken', () => {
    expect(freeSubnet(['10.254.255.192/26'], 54 * 1024 - 1)).toBe('10.201.0.0/26')
    expect(freeSubnet(['10.0.0.0/8'], 0)).toBeNull()
  })
})
