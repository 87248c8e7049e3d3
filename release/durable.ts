import { closeSync, fchmodSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type * as z from 'zod'

/**
 * Whole or not at all, and there after a power cut: temporary file, fsync, rename, fsync of the folder. Who updates a server may be
 * another user than the one that its service runs as: it can be read by all, and is never written through a link.
 */
export function writeJsonDurably(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 })
  const temporary = `${path}.tmp`
  rmSync(temporary, { force: true })
  const file = openSync(temporary, 'wx', 0o644)
  try {
    fchmodSync(file, 0o644)
    writeFileSync(file, `${JSON.stringify(value)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(temporary, path)
  syncFolder(dirname(path))
}

/** Null: not there. What is there and is not of this shape throws: it is never taken for “nothing”. */
export function readJson<Shape extends z.ZodType>(path: string, shape: Shape): z.output<Shape> | null {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  return shape.parse(JSON.parse(text))
}

/** What was renamed, linked or made in it stays so. */
export function syncFolder(path: string): void {
  // Windows cannot open a folder; its rename is journalled
  if (process.platform === 'win32') return
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
