import { describe, expect, it } from 'vitest'
import { fixtureClient } from '../gallery/fixtures/client.ts'
import { manualClock, settled } from '../gallery/fixtures/clock.ts'
import { nodeStatus } from '../gallery/fixtures/sharing.ts'
import { testTransport } from '../gallery/fixtures/transport.ts'
import { createConnection } from './connection.ts'
import type { Client } from './types.ts'

function started(client: Client = fixtureClient()) {
  const clock = manualClock(1_000_000)
  const transport = testTransport(client)
  const connection = createConnection({ transport, clock })
  connection.start()
  return { clock, transport, connection, kind: () => connection.state.getState().kind }
}

describe('a connection', () => {
  it('opens, and gives the client to call', async () => {
    const { transport, connection, kind } = started()
    expect(kind()).toBe('connecting')
    expect(() => connection.client()).toThrow()
    transport.last().open()
    await settled()
    expect(kind()).toBe('open')
    expect(connection.client().node).toBeDefined()
  })

  it('tries again, less and less often, and says when the service was last seen', async () => {
    const { clock, transport, connection, kind } = started()
    transport.last().open()
    await settled()
    transport.last().end('lost')
    await settled()
    expect(connection.state.getState()).toEqual({ kind: 'lost', lastSeenMs: 1_000_000, trying: false })
    const waits: number[] = []
    for (let attempt = 0; attempt < 7; attempt++) {
      const links = transport.opened.length
      let waitedMs = 0
      while (transport.opened.length === links) {
        await clock.advance(500)
        waitedMs += 500
      }
      waits.push(waitedMs)
      expect(connection.state.getState()).toMatchObject({ kind: 'lost', trying: true })
      transport.last().end('lost')
      await settled()
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000])
    await clock.advance(15_000)
    transport.last().open()
    await settled()
    expect(kind()).toBe('open')
  })

  it('does not wait when told to try now', async () => {
    const { transport, connection } = started()
    transport.last().end('lost')
    await settled()
    connection.retryNow()
    connection.retryNow()
    expect(transport.opened).toHaveLength(2)
  })

  it('does not try again when the token is refused', async () => {
    const { clock, transport, kind } = started()
    transport.last().end('refused')
    await clock.advance(60_000)
    expect(kind()).toBe('refused')
    expect(transport.opened).toHaveLength(1)
  })

  it('notices a service that hangs', async () => {
    const { clock, transport, kind } = started(fixtureClient({ node: { status: () => new Promise(() => undefined) } }))
    transport.last().open()
    await clock.advance(29_000)
    expect(kind()).toBe('open')
    await clock.advance(1_000)
    expect(kind()).toBe('lost')
    expect(transport.opened[0]?.closed).toBe(true)
  })

  it('keeps a service that answers', async () => {
    let asked = 0
    const { clock, transport, kind } = started(fixtureClient({ node: { status: () => {
      asked++
      return Promise.resolve(nodeStatus())
    } } }))
    transport.last().open()
    await clock.advance(100_000)
    expect(kind()).toBe('open')
    expect(asked).toBe(5)
  })

  it('is quiet after it was stopped', async () => {
    const { clock, transport, connection } = started()
    transport.last().open()
    await settled()
    connection.stop()
    await clock.advance(60_000)
    expect(transport.opened).toHaveLength(1)
    expect(transport.opened[0]?.closed).toBe(true)
  })
})
