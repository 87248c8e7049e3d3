import type { Duplex } from 'node:stream'
import { ChannelDuplex } from './channel-duplex.ts'

/**
 * Joins two byte streams until both ways have ended: ends pass as half-closes, a cut of one cuts the other, and whoever
 * is slow makes the other wait. A conversation from `Network.duplex` joined with a socket takes the short road.
 *
 * Both must allow half-open; nobody else may read or write them any more.
 */
export function splice(left: Duplex, right: Duplex): void {
  if (left instanceof ChannelDuplex && !(right instanceof ChannelDuplex)) left.joinTo(right)
  else if (right instanceof ChannelDuplex && !(left instanceof ChannelDuplex)) right.joinTo(left)
  else {
    pipeAndCut(left, right)
    pipeAndCut(right, left)
  }
}

function pipeAndCut(from: Duplex, to: Duplex): void {
  from.pipe(to)
  from.on('error', () => to.destroy())
  from.on('close', () => {
    if (!from.readableEnded || !from.writableFinished) to.destroy()
  })
}
