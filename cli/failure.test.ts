import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toDepinError } from './failure.ts'

let folder = ''
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'depin-failure-')) })
afterEach(() => rmSync(folder, { recursive: true }))

function failureOf(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return toDepinError(error)
  }
}

describe('what the system says of a file', () => {
  it('is said with the file and what to do, and is no fault of the program', () => {
    const path = join(folder, 'one')
    mkdirSync(path)
    expect(failureOf(() => readFileSync(path))).toMatchObject({ code: 'E_INTERNAL' })
    expect(failureOf(() => writeFileSync(path, ''))).toMatchObject({ code: 'E_FILE', message: `${path} is a folder, where a file belongs.`, details: { file: path } })
    expect(failureOf(() => writeFileSync(join(folder, 'x'.repeat(300)), ''))).toMatchObject({ code: 'E_FILE', message: expect.stringContaining('too long a name') as string })
    symlinkSync('loop', join(folder, 'loop'))
    expect(failureOf(() => readFileSync(join(folder, 'loop')))).toMatchObject({ code: 'E_FILE', message: expect.stringContaining('leads to itself') as string })
  })

  it('is that the disk is full, when it is', () => {
    expect(toDepinError(Object.assign(new Error('write'), { code: 'ENOSPC' }))).toMatchObject({ code: 'E_DISK_FULL' })
    expect(toDepinError(new Error('else'))).toMatchObject({ code: 'E_INTERNAL', next: 'Please report this.' })
  })
})
