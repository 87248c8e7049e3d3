import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { readJson, writeJsonDurably } from './durable.ts'

let folder = ''
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'depin-durable-')) })
afterEach(() => rmSync(folder, { recursive: true }))

describe('a file that is written whole or not at all', () => {
  it('never goes through a link: who updates a server may be another user than whose folder it is', () => {
    writeFileSync(join(folder, 'precious'), 'precious')
    symlinkSync(join(folder, 'precious'), join(folder, 'word.json.tmp'))
    writeJsonDurably(join(folder, 'word.json'), { version: '1.1.0' })
    expect([readFileSync(join(folder, 'precious'), 'utf8'), readJson(join(folder, 'word.json'), z.unknown())]).toEqual(['precious', { version: '1.1.0' }])
    expect(readdirSync(folder).toSorted()).toEqual(['precious', 'word.json'])
  })

  it.skipIf(process.platform === 'win32')('can be read by the service, however closed its writer’s own files are', () => {
    const umask = process.umask(0o077)
    try {
      writeJsonDurably(join(folder, 'word.json'), {})
    } finally {
      process.umask(umask)
    }
    expect(statSync(join(folder, 'word.json')).mode & 0o777).toBe(0o644)
  })
})
