/** What a feed says, read within bounds. */
import { manifestName, maxManifestBytes, updateProblem, type Wanted } from '../../release/index.ts'
import type { Clock } from '../base/clock.ts'

/** The feed answers within this, ms. */
const answerDeadlineMs = 30_000

export interface FeedDeps {
  feed: string
  /** Electron's own, which knows the system's proxy. */
  fetch: (url: string, init: RequestInit) => Promise<Response>
  clock: Clock
}

export interface Feed {
  readManifest(wanted: Wanted, signal: AbortSignal): Promise<Uint8Array>
  /** The last bytes of a file; null: the server gives no parts. */
  readEnd(file: string, bytes: number, signal: AbortSignal): Promise<Uint8Array | null>
}

export function createFeed(deps: FeedDeps): Feed {
  return {
    async readManifest(wanted, signal) {
      return await ask(deps, manifestName(wanted), {}, signal, async (response) => {
        if (response.status === 404) throw updateProblem('not-signed', `The feed has no release for ${wanted.platform} in the channel ${wanted.channel}.`)
        if (!response.ok || response.body === null) throw updateProblem('unreachable', `The feed answers with ${response.status}.`)
        return await readBounded(response.body, maxManifestBytes)
      })
    },
    async readEnd(file, bytes, signal) {
      return await ask(deps, file, { range: `bytes=-${bytes}` }, signal, async (response) => {
        if (response.status === 206 && response.body !== null) return await readBounded(response.body, bytes)
        await response.body?.cancel()
        return null
      })
    },
  }
}

/** A name in the folder that the feed is. */
export function inFeed(feed: string, name: string): URL {
  return new URL(name, feed.endsWith('/') ? feed : `${feed}/`)
}

async function ask<Answer>({ feed, fetch, clock }: FeedDeps, name: string, headers: Record<string, string>, signal: AbortSignal, read: (response: Response) => Promise<Answer>): Promise<Answer> {
  const late = new AbortController()
  const cancel = clock.after(answerDeadlineMs, () => late.abort(new Error('no answer in time')))
  try {
    return await read(await fetch(inFeed(feed, name).href, { headers: { 'cache-control': 'no-cache', ...headers }, signal: AbortSignal.any([signal, late.signal]) }))
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'E_UPDATE') throw cause
    throw updateProblem('unreachable', `The feed ${feed} does not answer.`, { cause })
  } finally {
    cancel()
  }
}

/** A chunk more than may come is enough to know. */
async function readBounded(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    length += chunk.length
    if (length > maxBytes) break
  }
  return Buffer.concat(chunks)
}
