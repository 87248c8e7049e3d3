import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const program = join(import.meta.dirname, '../../testing/reading-main.ts')

describe('the young collector', () => {
  it('keeps V8 from collecting the whole heap while a gigabyte is read, also where the heap may hardly grow', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--heap-growing-percent=1', program])
    const { collections } = JSON.parse(stdout) as { collections: number }
    expect(collections).toBeLessThan(10)
  })
})
