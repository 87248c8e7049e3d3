import type { IncomingMessage } from 'node:http'

export type Body =
  | { ok: true, value: unknown }
  | { ok: false, status: 400 | 413 | 415 }

/**
 * A JSON body within its bound, or the status that refuses it. How long a client may take is the server's
 * `requestTimeout`. Rejects when the client is gone.
 */
export async function readJsonBody(request: IncomingMessage, maxBytes: number): Promise<Body> {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
  if (type !== 'application/json' || request.headers['content-encoding'] !== undefined) return { ok: false, status: 415 }
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return { ok: false, status: 413 }
  const chunks: Buffer[] = []
  let length = 0
  // leaving the loop must not destroy the connection: the refusal still has to be sent
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.byteLength
    if (length > maxBytes) return { ok: false, status: 413 }
    chunks.push(chunk)
  }
  try {
    return { ok: true, value: JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown }
  } catch {
    return { ok: false, status: 400 }
  }
}
