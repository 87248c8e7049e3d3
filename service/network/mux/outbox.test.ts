import { describe, expect, it } from 'vitest'
import { headerBytes } from './frame.ts'
import { BufferPool, Outbox } from './outbox.ts'

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))
const tick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve))

/** An outbox, what it wrote, and the end of the write that is under way. */
function outbox() {
  const written: number[] = []
  let done: (() => void) | undefined
  const carrier = {
    start: () => undefined, end: () => undefined, destroy: () => undefined,
    write: (bytes: Buffer, onDone: () => void) => {
      written.push(bytes.length)
      done = onDone
    },
  }
  const box = new Outbox(carrier, new BufferPool(), () => undefined, () => undefined)
  return { written, finish: () => done?.(), say: (channelId: number, length: number) => box.data(0, channelId, Buffer.alloc(length), 0, length) }
}

describe('an outbox', () => {
  it('writes what one channel says at the end of the turn', async () => {
    const { written, finish, say } = outbox()
    say(1, 10)
    say(1, 10)
    await turn()
    await turn()
    expect(written).toEqual([2 * (headerBytes + 10)])
    finish()
    say(1, 10)
    await turn()
    expect(written).toHaveLength(2)
  })

  it('waits a turn more where channels take turns, and writes what they say as one', async () => {
    const { written, finish, say } = outbox()
    say(1, 10)
    await turn()
    say(3, 10)
    await turn()
    expect(written).toEqual([2 * (headerBytes + 10)])
    // what was said during a write does not leave alone as soon as that has ended
    say(5, 10)
    finish()
    await turn()
    say(7, 10)
    await turn()
    expect(written).toEqual([2 * (headerBytes + 10), 2 * (headerBytes + 10)])
  })

  it('does not wait for the end of the turn with what the only channel that speaks says', async () => {
    const { written, finish, say } = outbox()
    for (let times = 0; times < 9; times++) {
      say(1, 10)
      await turn()
      await turn()
      finish()
    }
    say(1, 10)
    await tick()
    expect(written).toHaveLength(10)
    finish()
    say(3, 10)
    await tick()
    expect(written).toHaveLength(10)
  })

  it('does not wait with much', async () => {
    const { written, say } = outbox()
    say(1, 10)
    say(3, 20_000)
    await turn()
    expect(written).toEqual([2 * headerBytes + 20_010])
  })
})
