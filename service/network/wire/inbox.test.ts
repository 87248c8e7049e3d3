import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Channel, ChannelSink } from '../mux/types.ts'
import { encodeMessage } from './codec.ts'
import { FramingError, Inbox } from './inbox.ts'
import { encodeVarint } from './varint.ts'

/** A channel whose other end the test plays; counts what is credited. */
class Played implements Channel {
  readonly id = 1
  readonly whenClosed = new Promise<undefined>(() => undefined)
  sink: ChannelSink | undefined
  creditedBytes = 0
  write(): boolean {
    return true
  }

  end(): void {
    // nobody listens
  }

  reset(reason: Error): void {
    this.sink?.closed(reason)
  }

  credit(byteCount: number): void {
    this.creditedBytes += byteCount
  }

  attach(sink: ChannelSink): void {
    this.sink = sink
  }
}

function play(): { channel: Played, inbox: Inbox, say: (bytes: Uint8Array) => void } {
  const channel = new Played()
  const inbox = new Inbox(channel)
  return { channel, inbox, say: (bytes) => channel.sink?.data(Buffer.from(bytes)) }
}

const cut = (bytes: Buffer, lengths: readonly number[]): Buffer[] => {
  const pieces: Buffer[] = []
  for (let offset = 0, turn = 0; offset < bytes.length; turn++) {
    const length = lengths[turn % lengths.length]!
    pieces.push(bytes.subarray(offset, offset + length))
    offset += length
  }
  return pieces
}

describe('an inbox', () => {
  it('reads messages as they were sent, however they are cut, and credits every byte once', async () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 6 })
    await fc.assert(fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 8 }), lengths, fc.boolean(), async (bodies, cuts, isEarly) => {
      const { channel, inbox, say } = play()
      const wire = Buffer.concat(bodies.map((body) => Buffer.concat([encodeVarint(body.length), body])))
      const speak = (): void => {
        for (const piece of cut(wire, cuts)) say(piece)
        channel.sink?.end()
      }
      if (isEarly) speak()
      else setImmediate(speak)
      for (const body of bodies) expect(Buffer.compare(await inbox.message(400) ?? Buffer.from('missing'), body)).toBe(0)
      expect(await inbox.message(400)).toBeUndefined()
      expect(channel.creditedBytes).toBe(wire.length)
    }))
  })

  it('refuses a message that announces too much, before any of it is kept', async () => {
    const { channel, inbox, say } = play()
    say(Buffer.concat([encodeVarint(1001), Buffer.alloc(500)]))
    await expect(inbox.message(1000)).rejects.toMatchObject({ name: 'FramingError', isTooLarge: true })
    expect(channel.creditedBytes).toBeLessThanOrEqual(2)
  })

  it('takes nothing that nobody asked for', () => {
    const { channel, say } = play()
    for (let count = 0; count < 10; count++) say(Buffer.alloc(1000))
    expect(channel.creditedBytes).toBe(0)
  })

  it('lets a message that is longer than the window in', async () => {
    const { channel, inbox, say } = play()
    const message = inbox.message(1 << 20)
    say(encodeVarint(1 << 20))
    for (let sent = 0; sent < 1 << 20; sent += 1 << 16) {
      say(Buffer.alloc(1 << 16))
      await new Promise((resolve) => setImmediate(resolve))
      expect(channel.creditedBytes).toBeGreaterThanOrEqual(sent)
    }
    expect((await message)?.length).toBe(1 << 20)
  })

  it.each<[string, Buffer]>([
    ['a message that is cut short', encodeMessage('hello').subarray(0, 3)],
    ['a length that is cut short', Buffer.from([0x80])],
    ['a length that is padded', Buffer.from([0x80, 0x00])],
    ['a length without end', Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff])],
  ])('refuses %s', async (_, bytes) => {
    const { channel, inbox, say } = play()
    say(bytes)
    channel.sink?.end()
    await expect(inbox.message(1 << 28)).rejects.toBeInstanceOf(FramingError)
  })

  it('stops waiting when the channel is cut, with the reason', async () => {
    const { channel, inbox } = play()
    const message = inbox.message(10)
    channel.reset(new Error('enough'))
    await expect(message).rejects.toThrow('enough')
  })

  it('hands on what it did not read', async () => {
    const { channel, inbox, say } = play()
    say(Buffer.concat([encodeMessage('first'), Buffer.from('and the rest')]))
    await inbox.message(100)
    const rest: Buffer[] = []
    inbox.release({ data: (chunk) => rest.push(chunk), end: () => undefined, drain: () => undefined, closed: () => undefined })
    say(Buffer.from(', and more'))
    expect(Buffer.concat(rest).toString()).toBe('and the rest, and more')
    expect(channel.creditedBytes).toBe(encodeMessage('first').length)
  })
})
