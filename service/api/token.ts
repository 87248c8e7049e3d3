import { join } from 'node:path'
import { createHash, timingSafeEqual } from 'node:crypto'
import { tokenFileName } from '../../contract/nouns/serve.ts'
import type { Rng } from '../base/index.ts'
import { readPrivateFile, writePrivateFile } from './private-files.ts'

/** 32 random bytes in base64url. */
const tokenPattern = /^[A-Za-z0-9_-]{43}$/

/**
 * The token of this data directory: who can read it is the owner. Made once; a dashboard stays signed in across restarts.
 * A file that holds no token (it was cut off, or emptied) gets a new one.
 */
export function openToken(dataDir: string, rng: Rng): string {
  const path = join(dataDir, tokenFileName)
  const kept = readPrivateFile(path)?.trim()
  if (kept !== undefined && tokenPattern.test(kept)) return kept
  const token = Buffer.from(rng.bytes(32)).toString('base64url')
  writePrivateFile(path, `${token}\n`)
  return token
}

/** Says nothing about `secret` by the time it takes, whatever the length of `offered`. */
export function isSameToken(offered: string, secret: string): boolean {
  return timingSafeEqual(sha256(offered), sha256(secret))
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
