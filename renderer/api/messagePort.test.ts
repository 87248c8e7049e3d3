import { describe, expect, it } from 'vitest'
import { settled } from '../gallery/fixtures/clock.ts'
import type { ShellState } from '../../contract/desktop/shell.ts'
import { shellState } from '../gallery/fixtures/shell.ts'
import { messagePortTransport } from './messagePort.ts'
import type { PortPlace } from './messagePort.ts'

function windowOf() {
  const listeners = new Set<(event: MessageEvent) => void>()
  const asked: string[] = []
  const place: PortPlace = { addEventListener: (_type, listener) => void listeners.add(listener), removeEventListener: (_type, listener) => void listeners.delete(listener) }
  const shells = new Set<(shell: ShellState) => void>()
  const bridge = {
    connect: (id: string) => void asked.push(id),
    on(_news: string, listener: (item: never) => void) {
      shells.add(listener as (shell: ShellState) => void)
      return () => void shells.delete(listener as (shell: ShellState) => void)
    },
  }
  const tell = (service: ShellState['service']) => {
    for (const shell of shells) shell(shellState({ service }))
  }
  const transport = messagePortTransport({ bridge, place, newId: () => `id-${asked.length}` })
  const say = (data: unknown, ports: MessagePort[], source: unknown = place) => {
    for (const listener of [...listeners]) listener({ data, ports, source } as unknown as MessageEvent)
  }
  return { transport, asked, say, tell, listeners, shells }
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let done = false
  void promise.then(() => {
    done = true
  })
  await settled()
  return done
}

const answer = (id: string) => ({ channel: 'depin:port', id })

describe('a link over a message port', () => {
  it('opens with the port that was asked for, and calls go through it', async () => {
    const { transport, asked, say } = windowOf()
    const link = transport.open()
    expect(asked).toEqual(['id-0'])
    expect(await isSettled(link.opened)).toBe(false)
    const { port1, port2 } = new MessageChannel()
    const heard = new Promise<string>((resolve) => {
      port2.onmessage = ({ data }) => resolve(String(data))
    })
    say(answer('id-0'), [port1])
    await link.opened
    link.client.node.status().catch(() => undefined)
    expect(await heard).toContain('/node/status')
    port2.close()
    expect(await link.ended).toBe('lost')
  })

  it('ends when main says that the service is away, whether its port closed or not', async () => {
    const { transport, say, tell, shells } = windowOf()
    const link = transport.open()
    const { port1, port2 } = new MessageChannel()
    say(answer('id-0'), [port1])
    tell({ kind: 'running', pid: 1 })
    expect(await isSettled(link.ended)).toBe(false)
    tell({ kind: 'starting' })
    expect(await link.ended).toBe('lost')
    await settled()
    expect(shells.size).toBe(0)
    port2.close()
  })

  it.each<[string, unknown, number, unknown]>([
    ['an answer to somebody else', answer('id-9'), 1, undefined],
    ['another message', { channel: 'other', id: 'id-0' }, 1, undefined],
    ['an answer without a port', answer('id-0'), 0, undefined],
    ['a message from another window', answer('id-0'), 1, {}],
  ])('takes nothing of %s', async (_, data, ports, source) => {
    const { transport, say } = windowOf()
    const link = transport.open()
    const { port1, port2 } = new MessageChannel()
    say(data, ports === 1 ? [port1] : [], source)
    expect(await isSettled(link.opened)).toBe(false)
    port2.close()
  })

  it('that is closed before its port came waits for none', async () => {
    const { transport, listeners } = windowOf()
    const link = transport.open()
    link.close()
    expect(await link.ended).toBe('lost')
    await settled()
    expect(listeners.size).toBe(0)
  })
})
