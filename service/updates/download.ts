/** A package, brought piece by piece: goes on where it was cut off, and never beyond what was signed for. */
import { createWriteStream, rmSync, statSync, type WriteStream } from 'node:fs'
import { mkdir, open, rename } from 'node:fs/promises'
import { once } from 'node:events'
import { dirname } from 'node:path'
import { deadlineSignal, type Clock } from '../base/index.ts'
import { assertIsPackage, problemOf, type Statement, syncFolder, updateProblem } from '../../release/index.ts'
import { feedDeadlineMs, inFeed } from './feed.ts'

export interface DownloadOptions {
  feed: string
  statement: Statement
  /** Where the whole package goes; while it comes, `.part` follows the name. */
  path: string
  clock: Clock
  onProgress: (doneBytes: number) => void
  signal?: AbortSignal
}

/** The package is at `path`, and is the one that was signed, when it returns. What has come stays for the next try unless it is wrong. */
export async function download(options: DownloadOptions): Promise<void> {
  const { path, statement, signal } = options
  if (await isThere(path, statement, signal)) return
  const part = `${path}.part`
  await mkdir(dirname(path), { recursive: true })
  if (sizeOf(part) > statement.bytes) rmSync(part)
  if (sizeOf(part) < statement.bytes) await bring(options, part)
  try {
    await assertIsPackage(part, statement, signal)
  } catch (error) {
    if (problemOf(error) === 'corrupt') rmSync(part, { force: true })
    throw error
  }
  const file = await open(part, 'r+')
  await file.sync()
  await file.close()
  await rename(part, path)
  syncFolder(dirname(path))
}

async function isThere(path: string, statement: Statement, signal?: AbortSignal): Promise<boolean> {
  if (sizeOf(path) === 0) return false
  try {
    await assertIsPackage(path, statement, signal)
    return true
  } catch {
    signal?.throwIfAborted()
    rmSync(path)
    return false
  }
}

async function bring({ feed, statement, clock, onProgress, signal }: DownloadOptions, part: string): Promise<void> {
  using deadline = deadlineSignal(clock, 'the package', feedDeadlineMs, signal)
  const from = sizeOf(part)
  try {
    const response = await fetch(inFeed(feed, statement.file), { signal: deadline.signal, headers: from > 0 ? { range: `bytes=${from}-` } : {} })
    if (!response.ok || response.body === null) throw updateProblem('unreachable', `The feed answers with ${response.status} where ${statement.file} should be.`)
    // a server that knows no ranges begins anew
    const begin = response.status === 206 ? from : 0
    await write(response.body, createWriteStream(part, { flags: begin > 0 ? 'a' : 'w' }), { done: begin, bytes: statement.bytes, onProgress, extend: () => deadline.extend() })
  } catch (cause) {
    signal?.throwIfAborted()
    throw problemOf(cause) === null ? troubleOf(cause, deadline.signal, part) : cause
  }
  if (sizeOf(part) < statement.bytes) throw updateProblem('truncated', `${sizeOf(part)} of ${statement.bytes} bytes came.`)
}

async function write(body: ReadableStream<Uint8Array>, file: WriteStream, { done, bytes, onProgress, extend }: { done: number, bytes: number, onProgress: (done: number) => void, extend: () => void }): Promise<void> {
  const failed = once(file, 'error').then(([error]) => { throw error as Error })
  failed.catch(() => undefined)
  try {
    for await (const chunk of body) {
      extend()
      done += chunk.length
      if (done > bytes) throw updateProblem('too-long', `More than the ${bytes} bytes that were signed for came.`)
      if (!file.write(chunk)) await Promise.race([once(file, 'drain'), failed])
      onProgress(done)
    }
  } finally {
    file.end()
    if (!file.closed) await Promise.race([once(file, 'close'), failed])
  }
}

function troubleOf(cause: unknown, deadline: AbortSignal, part: string): Error {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC') return updateProblem('disk-full', `There is no room for the package at ${part}.`, { cause })
  if (deadline.aborted) return updateProblem('stalled', `Nothing came for ${feedDeadlineMs / 1000} s.`, { cause })
  return sizeOf(part) > 0 ? updateProblem('truncated', 'The connection ended in the middle.', { cause }) : updateProblem('unreachable', 'The feed does not answer.', { cause })
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
