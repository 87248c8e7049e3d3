import { describe, expect, it } from 'vitest'
import { type Channel, ChannelError } from '../mux/types.ts'
import { ChannelDuplex } from './channel-duplex.ts'
import type { Inbox } from './inbox.ts'

describe('a conversation of bytes', () => {
  it('that is cut off before anybody listens ends nothing but itself, and tells whoever listens later', async () => {
    let cutOff: (error?: Error) => void = () => undefined
    const inbox = { release: (sink: { closed: typeof cutOff }) => { cutOff = sink.closed } } as unknown as Inbox
    const stream = new ChannelDuplex({} as Channel, inbox)
    cutOff(new ChannelError('The other side cut it off'))
    await new Promise((resolve) => stream.on('close', resolve))
    expect([stream.destroyed, stream.errored?.message]).toEqual([true, 'The other side cut it off'])
  })
})
