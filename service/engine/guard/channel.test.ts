import { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../testing/clock.ts'
import { until } from '../../testing/wait.ts'
import { GuardChannel } from './channel.ts'
import { encodeMessages } from './netlink.ts'
import { countersFrame, frameHeaderBytes, type Frame } from './program.ts'
import { counter } from './table.ts'

const frame: Frame = { kind: 'firewall', messages: [counter('one')] }

/** The engine's end of a guard's container: what was asked, and whatever a test lets it say. */
class FakeGuard extends Duplex {
  readonly asked: { id: number, kind: number }[] = []

  override _read(): void { /* said when the test says so */ }

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.asked.push({ kind: bytes.readUInt32LE(4), id: bytes.readUInt32LE(8) })
    done()
  }

  output(source: 'stdout' | 'stderr', bytes: Uint8Array, pieces = 1): void {
    const header = Buffer.from([source === 'stdout' ? 1 : 2, 0, 0, 0, 0, 0, 0, 0])
    header.writeUInt32BE(bytes.length, 4)
    const all = Buffer.concat([header, bytes])
    const size = Math.ceil(all.length / pieces)
    for (let at = 0; at < all.length; at += size) this.push(all.subarray(at, at + size))
  }

  answer(id: number, status: number, payload: Uint8Array = new Uint8Array(), pieces = 1): void {
    const header = Buffer.alloc(frameHeaderBytes)
    header.write('GRD1')
    header.writeUInt32LE(status, 4)
    header.writeUInt32LE(id, 8)
    header.writeUInt32LE(payload.length, 12)
    this.output('stdout', Buffer.concat([header, payload]), pieces)
  }
}

describe('a channel to a guard', () => {
  function open(): { guard: FakeGuard, channel: GuardChannel, clock: FakeClock } {
    const clock = new FakeClock()
    const guard = new FakeGuard()
    return { guard, channel: new GuardChannel(guard, clock), clock }
  }

  it('hears that the guard is ready, before or after it asks, in whatever pieces', async () => {
    const { guard, channel } = open()
    const early = channel.ready()
    guard.answer(0, 1, Buffer.from('ready\n'), 30)
    await expect(early).resolves.toEqual({ queues: false })
    await expect(channel.ready()).resolves.toEqual({ queues: false })
  })

  it('tells answers apart by their numbers, those to somebody else included', async () => {
    const { guard, channel } = open()
    const [first, second] = [channel.apply(frame), channel.apply(frame)]
    await until('both were asked', () => guard.asked.length === 2)
    expect(guard.asked.map(({ id }) => id)).toEqual([1, 2])
    guard.answer(77, 0, Buffer.from('not ours'))
    guard.answer(2, 0, Buffer.from('two'))
    guard.answer(1, 0, Buffer.from('one'))
    expect([Buffer.from(await first).toString(), Buffer.from(await second).toString()]).toEqual(['one', 'two'])
  })

  it('says what was refused', async () => {
    const { guard, channel } = open()
    const answer = Buffer.alloc(36)
    answer.writeUInt32LE(36, 0)
    answer.writeUInt16LE(2, 4)
    answer.writeUInt32LE(1, 8)
    answer.writeInt32LE(-13, 16)
    const applied = channel.apply(frame)
    guard.answer(1, 13, answer)
    await expect(applied).rejects.toMatchObject({ code: 'E_ENGINE', details: { status: 13, refusals: [{ what: 'counter one', error: 13, words: null }] } })
  })

  it('tries no answer to what the guard did not understand', async () => {
    const { guard, channel } = open()
    const applied = channel.apply(frame)
    guard.answer(0xffff_ffff, 74)
    await expect(applied).rejects.toMatchObject({ code: 'E_ENGINE', message: expect.stringContaining('did not understand') as string })
  })

  it('ends with the guard, with its last words', async () => {
    const { guard, channel } = open()
    const ready = channel.ready()
    guard.output('stderr', Buffer.from('guard: argument 1, message 7 refused: error 2\n'))
    guard.push(null)
    await expect(ready).rejects.toMatchObject({ code: 'E_ENGINE', message: expect.stringContaining('message 7 refused') as string })
    await expect(channel.apply(frame)).rejects.toMatchObject({ code: 'E_ENGINE' })
  })

  it('takes no other program for the guard', async () => {
    const { guard, channel } = open()
    const ready = channel.ready()
    guard.output('stdout', Buffer.from('Hello, I am nginx, how are you?'))
    await expect(ready).rejects.toMatchObject({ code: 'E_ENGINE' })
    expect(guard.destroyed).toBe(true)
  })

  it('does not wait for ever', async () => {
    const { channel, clock } = open()
    const counted = channel.counters()
    clock.advance(10_000)
    await expect(counted).rejects.toThrow('took longer')
  })

  it('refuses counters that lack one', async () => {
    const { guard, channel } = open()
    const counted = channel.counters()
    guard.answer(1, 0, encodeMessages(countersFrame().messages))
    await expect(counted).rejects.toThrow('there is no counter')
  })
})
