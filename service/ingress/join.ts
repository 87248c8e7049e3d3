import type { Duplex } from 'node:stream'

/**
 * Bytes both ways, with backpressure. Each way ends on its own (half-close); when either side breaks, both do.
 */
export function join(a: Duplex, b: Duplex): void {
  a.pipe(b)
  b.pipe(a)
  for (const [from, to] of [[a, b], [b, a]] as const) {
    from.on('error', () => to.destroy())
    from.once('close', () => {
      // closed before it said that it had ended: the other side must not take this for the end of the data
      if (!from.readableEnded) to.destroy()
    })
  }
}
