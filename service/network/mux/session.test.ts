import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pair, Reader } from '../../testing/network-sessions.ts'
import { until } from '../../testing/wait.ts'
import { frameFlags, frameTypes, headerBytes, initialWindowBytes, writeHeader } from './frame.ts'

const frame = (type: number, flags: number, channelId: number, length: number): Buffer => {
  const bytes = Buffer.alloc(headerBytes)
  writeHeader(bytes, 0, type, flags, channelId, length)
  return bytes
}
const random = (length: number): Buffer => Buffer.alloc(length, 'every byte of this has its place ')

describe('a session', () => {
  it('carries what is written, whole and in order, however the wire cuts it', async () => {
    const pieces = fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 5 })
    const writes = fc.array(fc.record({ channel: fc.nat(2), bytes: fc.uint8Array({ maxLength: 3000 }), times: fc.integer({ min: 1, max: 200 }) }), { maxLength: 12 })
    await fc.assert(fc.asyncProperty(pieces, writes, async (cuts, list) => {
      const { near, accepted } = pair({ pieces: cuts })
      const channels = [near.open(), near.open(), near.open()]
      const expected = channels.map(() => [] as Uint8Array[])
      for (const channel of channels) channel.write(Uint8Array.of(1))
      await until('all channels have arrived', () => accepted.length === 3)
      const readers = accepted.map((channel) => new Reader(channel))
      for (const { channel, bytes, times } of list) {
        const long = Buffer.concat(Array.from({ length: times }, () => bytes))
        channels[channel]!.write(long)
        expected[channel]!.push(long)
      }
      for (const channel of channels) channel.end()
      await until('all have ended', () => readers.every((reader) => reader.hasEnded))
      readers.forEach((reader, index) => expect(reader.all.subarray(1).equals(Buffer.concat(expected[index]!))).toBe(true))
    }), { numRuns: 25 })
  })

  it('ends each way on its own, and is over when both have ended', async () => {
    const { near, accepted, far } = pair()
    const asking = new Reader(near.open())
    asking.channel.write(Buffer.from('question'))
    asking.channel.end()
    const answering = new Reader(await until('the channel has arrived', () => accepted[0]))
    await until('the question has ended', () => answering.hasEnded)
    expect(answering.closedWith).toBeUndefined()
    answering.channel.write(Buffer.from('answer'))
    answering.channel.end()
    await until('both are over', () => asking.closedWith === 'well' && answering.closedWith === 'well')
    expect(asking.all.toString()).toBe('answer')
    expect([near.channelCount, far.channelCount]).toEqual([0, 0])
  })

  it('keeps a writer waiting while nobody reads, and loses nothing', async () => {
    const { near, accepted } = pair()
    const writer = new Reader(near.open())
    const sent = random(3 * initialWindowBytes)
    expect(writer.channel.write(sent)).toBe(false)
    const slow = new Reader(await until('the channel has arrived', () => accepted[0]), true)
    await until('the window is full', () => slow.bytes === initialWindowBytes)
    expect(writer.drains).toBe(0)
    let creditedBytes = 0
    await until('all has come', () => {
      slow.channel.credit(slow.bytes - creditedBytes)
      creditedBytes = slow.bytes
      return slow.bytes === sent.length
    })
    expect(slow.all.equals(sent)).toBe(true)
    expect(writer.drains).toBe(1)
  })

  it('lets a short message pass a long one', async () => {
    const { near, accepted } = pair()
    const long = near.open()
    const short = near.open()
    long.write(random(initialWindowBytes + 1))
    short.write(Buffer.from('short'))
    short.end()
    await until('both have arrived', () => accepted.length === 2)
    const [first, second] = accepted.map((channel) => new Reader(channel, true))
    await until('the short one has ended', () => second!.hasEnded)
    expect(first!.bytes).toBe(initialWindowBytes)
  })

  it('grows the window of a fast reader, up to its limit, and shares out what there is', async () => {
    const maxGrowthBytes = 5 * initialWindowBytes
    const { near, accepted } = pair({ limits: { maxWindowBytes: 4 * initialWindowBytes, maxGrowthBytes } })
    const channels = [near.open(), near.open(), near.open()]
    for (const channel of channels) channel.write(random(6 * initialWindowBytes))
    await until('all have arrived', () => accepted.length === 3)
    const readers = accepted.map((channel) => new Reader(channel))
    await until('all has come', () => readers.every((reader) => reader.bytes === 6 * initialWindowBytes))
    // the readers stop: what still comes is the windows, which are bounded together
    for (const reader of readers) reader.channel.attach({ data: (chunk) => { reader.bytes += chunk.length }, end: () => undefined, drain: () => undefined, closed: () => undefined })
    for (const channel of channels) channel.write(random(20 * initialWindowBytes))
    let last = -1
    await until('nothing more comes', async () => {
      const bytes = readers.reduce((sum, reader) => sum + reader.bytes, 0)
      await new Promise((resolve) => setImmediate(resolve))
      const isQuiet = bytes === last && bytes > 18 * initialWindowBytes
      last = bytes
      return isQuiet
    })
    expect(last).toBeLessThanOrEqual(18 * initialWindowBytes + 3 * initialWindowBytes + maxGrowthBytes)
  })

  it('tells the other side of a cut, and goes on with the rest', async () => {
    const { near, accepted } = pair()
    const cut = new Reader(near.open())
    const kept = new Reader(near.open())
    cut.channel.write(Buffer.from('a'))
    kept.channel.write(Buffer.from('b'))
    await until('both have arrived', () => accepted.length === 2)
    const far = accepted.map((channel) => new Reader(channel))
    cut.channel.reset(new Error('not needed'))
    await until('the other side knows', () => far[0]!.closedWith)
    expect(cut.closedWith).toMatchObject({ message: 'not needed' })
    expect(far[0]!.closedWith).toMatchObject({ name: 'ChannelError' })
    kept.channel.write(Buffer.from('c'))
    await until('the other goes on', () => far[1]!.all.toString() === 'bc')
    // what comes for a channel that is gone is dropped
    far[0]!.channel.write(Buffer.from('late'))
    kept.channel.write(Buffer.from('d'))
    await until('the session lives', () => far[1]!.all.toString() === 'bcd')
  })

  it('asks for a sign of life, measures how long it takes, and ends when none comes', async () => {
    const { near, farWire, clock } = pair()
    await until('the first was answered', () => near.measuredRoundTripMs !== null)
    const reader = new Reader(near.open())
    farWire.other = undefined
    let pulses = 0
    while (near.state === 'open') {
      clock.advance(5000)
      near.pulse()
      if (++pulses > 20) break
    }
    expect(pulses).toBe(8)
    expect(reader.closedWith).toMatchObject({ message: 'No sign of life' })
    expect(await near.whenClosed).toMatchObject({ name: 'ChannelError' })
  })

  it('refuses channels beyond the limit one by one', async () => {
    const { near, accepted } = pair({ limits: { maxInboundChannels: 2 } })
    const readers = [near.open(), near.open(), near.open()].map((channel) => new Reader(channel))
    for (const { channel } of readers) channel.write(Buffer.from('x'))
    await until('the third is refused', () => readers[2]!.closedWith)
    expect(accepted).toHaveLength(2)
    readers[0]!.channel.reset(new Error('done'))
    const next = new Reader(near.open())
    next.channel.write(Buffer.from('x'))
    await until('there is room again', () => accepted.length === 3)
  })

  it('says goodbye and is over', async () => {
    const { near, far, accepted } = pair()
    const reader = new Reader(near.open())
    reader.channel.write(Buffer.from('x'))
    const answering = new Reader(await until('the channel has arrived', () => accepted[0]))
    near.close()
    expect(await near.whenClosed).toBeUndefined()
    expect(await far.whenClosed).toBeUndefined()
    expect(answering.closedWith).toMatchObject({ name: 'ChannelError' })
    expect(() => near.open()).toThrow('closed')
  })
})

describe('a session with a hostile other side', () => {
  it.each<[string, Buffer]>([
    ['speaks another version', Buffer.from([1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0])],
    ['sends an unknown frame', Buffer.from([0, 9, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0])],
    ['opens a channel with a number of ours', frame(frameTypes.windowUpdate, frameFlags.syn, 1, 0)],
    ['opens a channel twice', Buffer.concat([frame(frameTypes.windowUpdate, frameFlags.syn, 2, 0), frame(frameTypes.windowUpdate, frameFlags.syn, 2, 0)])],
    ['sends more than the window', frame(frameTypes.data, frameFlags.syn, 2, initialWindowBytes + 1)],
    ['goes on after its end', Buffer.concat([frame(frameTypes.windowUpdate, frameFlags.syn | frameFlags.fin, 2, 0), frame(frameTypes.data, 0, 2, 5)])],
    ['opens a window beyond all bounds', Buffer.concat([frame(frameTypes.windowUpdate, frameFlags.syn, 2, 0xffff_ffff), frame(frameTypes.windowUpdate, 0, 2, 0xffff_ffff)])],
    ['sends data to nobody', frame(frameTypes.data, 0, 0, 0)],
    ['sends a ping on a channel', frame(frameTypes.ping, 0, 2, 0)],
  ])('ends when it %s', async (_, bytes) => {
    const { near, nearWire } = pair()
    const reader = new Reader(near.open())
    near.serve((channel) => new Reader(channel))
    nearWire.receiver!.data(bytes)
    expect(await near.whenClosed).toMatchObject({ name: 'FrameError' })
    expect(reader.closedWith).toMatchObject({ name: 'FrameError' })
    expect(nearWire.destroyedWith).toMatchObject({ name: 'FrameError' })
  })

  it('ends when it makes us answer and does not read', async () => {
    const { near, nearWire } = pair()
    nearWire.isStalled = true
    const ping = frame(frameTypes.ping, frameFlags.syn, 0, 1)
    // two buffers fill with answers, then the answers that find no room
    for (let count = 0; near.state === 'open' && count < 60; count++) nearWire.receiver!.data(Buffer.concat(Array.from({ length: 1000 }, () => ping)))
    expect(await near.whenClosed).toMatchObject({ message: expect.stringContaining('nobody reads') as string })
  })

  it('neither throws nor keeps anything, whatever bytes come', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 20 }), (chunks) => {
      const { near, nearWire } = pair()
      near.serve((channel) => new Reader(channel))
      for (const chunk of chunks) nearWire.receiver!.data(Buffer.from(chunk))
    }), { numRuns: 300 })
  })

  it('neither throws nor breaks, whatever frames come', () => {
    const anyFrame = fc.tuple(fc.constantFrom(0, 1, 2, 3), fc.nat(15), fc.nat(6), fc.nat(40)).map(([type, flags, id, length]) =>
      Buffer.concat([frame(type, flags, id, length), Buffer.alloc(type === frameTypes.data ? length : 0)]))
    fc.assert(fc.property(fc.array(anyFrame, { maxLength: 40 }), (frames) => {
      const { near, nearWire } = pair()
      near.serve((channel) => new Reader(channel))
      for (const bytes of frames) if (near.state === 'open') nearWire.receiver!.data(bytes)
    }), { numRuns: 500 })
  })
})
