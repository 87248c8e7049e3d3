import { Duplex } from 'node:stream'
import type { MessageStream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface'

/**
 * A libp2p connection as a Node stream, so that TLS can run over one that has no socket of its own: a relayed or an
 * in-memory one. Its events are used, never its iterator: that one has no backpressure.
 */
export function duplexOver(stream: MessageStream): Duplex {
  const duplex = new Duplex({
    allowHalfOpen: false,
    read: () => {
      if (stream.status === 'open') stream.resume()
    },
    write: (chunk: Uint8Array, _encoding, callback) => sendTo(stream, chunk, callback),
    final: (callback) => void stream.close().then(() => callback(), callback),
    destroy: (error, callback) => {
      if (error !== null) stream.abort(error)
      callback(error)
    },
  })
  stream.pause()
  stream.addEventListener('message', (event: StreamMessageEvent) => {
    let more = true
    for (const chunk of event.data instanceof Uint8Array ? [event.data] : event.data) more = duplex.push(chunk)
    if (!more && stream.status === 'open') stream.pause()
  })
  stream.addEventListener('close', (event: StreamCloseEvent) => {
    if (event.error === undefined) duplex.push(null)
    else duplex.destroy(event.error)
  })
  return duplex
}

/** The chunk is copied: the memory transport hands the very bytes to the other side, and ours are written over. */
function sendTo(stream: MessageStream, chunk: Uint8Array, callback: (error?: Error | null) => void): void {
  try {
    if (stream.send(Uint8Array.from(chunk))) callback()
    else stream.onDrain().then(() => callback(), callback)
  } catch (error) {
    callback(error as Error)
  }
}
