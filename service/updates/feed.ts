/** What a feed says, read within bounds. */
import { deadlineSignal, type Clock } from '../base/index.ts'
import { maxManifestBytes, type Wanted, manifestName, updateProblem } from '../../release/index.ts'

/** A feed answers within this, ms, and a package goes on coming. */
export const feedDeadlineMs = 30_000

export async function fetchManifest(feed: string, wanted: Wanted, clock: Clock, signal?: AbortSignal): Promise<Uint8Array> {
  using deadline = deadlineSignal(clock, 'the feed of releases', feedDeadlineMs, signal)
  try {
    const response = await fetch(inFeed(feed, manifestName(wanted)), { signal: deadline.signal, headers: { 'cache-control': 'no-cache' } })
    if (response.status === 404) throw updateProblem('not-signed', `The feed has no release for ${wanted.platform} in the channel ${wanted.channel}.`)
    if (!response.ok || response.body === null) throw updateProblem('unreachable', `The feed answers with ${response.status}.`)
    return await readBounded(response.body, maxManifestBytes)
  } catch (cause) {
    signal?.throwIfAborted()
    if (cause instanceof Error && 'code' in cause && cause.code === 'E_UPDATE') throw cause
    throw updateProblem('unreachable', `The feed ${feed} does not answer.`, { cause })
  }
}

/** A name in the folder that the feed is. */
export function inFeed(feed: string, name: string): URL {
  return new URL(name, feed.endsWith('/') ? feed : `${feed}/`)
}

/** One byte more than may come is enough to know. */
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
