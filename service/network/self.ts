import type { Clock } from '../base/index.ts'
import { carrierPair } from './mux/carrier.ts'
import { BufferPool } from './mux/outbox.ts'
import { Session } from './mux/session.ts'
import { createYoungCollector } from './mux/young-collector.ts'
import type { Answerer } from './wire/answer.ts'

/** What a node says to itself goes the way of all words, in memory: the same framing, parsing and limits. */
export function createSelfSession(peerId: string, clock: Clock, answerer: Answerer): Session {
  const shared = { clock, pool: new BufferPool(), collector: createYoungCollector() }
  const [near, far] = carrierPair()
  const asking = new Session({ ...shared, side: 'client', carrier: near })
  const answering = new Session({ ...shared, side: 'server', carrier: far })
  answering.serve((channel) => void answerer.accept(channel, { peerId, greeted: null, hand: () => channel.reset(new Error('Not one of our protocols')) }))
  asking.start()
  answering.start()
  return asking
}
