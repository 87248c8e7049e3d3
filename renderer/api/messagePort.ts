import { createORPCClient } from '@orpc/client'
import type { ClientLink } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import type { DesktopBridge } from '../../contract/desktop/shell.ts'
import type { Client, Link, LinkEnd, Transport } from './types.ts'

/** The window's own part in how a port comes: a message from the preload, which stands for main. */
export interface PortPlace {
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
  removeEventListener(type: 'message', listener: (event: MessageEvent) => void): void
}

/** Reaches the service that the desktop supervises. The port comes when the service takes calls. */
export function messagePortTransport({ bridge, place, newId }: { bridge: Pick<DesktopBridge, 'connect' | 'on'>; place: PortPlace; newId: () => string }): Transport {
  return {
    open() {
      const id = newId()
      const given = Promise.withResolvers<MessagePort>()
      const ended = Promise.withResolvers<LinkEnd>()
      function onMessage(event: MessageEvent) {
        const [port] = event.ports
        // a page gets messages from whatever it frames, or is framed by; ours comes from itself
        if (event.source !== place || !isAnswer(event.data, id) || port === undefined) return
        place.removeEventListener('message', onMessage)
        port.addEventListener('close', () => ended.resolve('lost'))
        // not every end of a process closes its ports at once; main knows of it first
        stopListening = bridge.on('state', ({ service }) => {
          if (service.kind === 'running' || service.kind === 'elsewhere') return
          port.close()
          ended.resolve('lost')
        })
        given.resolve(port)
      }
      let stopListening: () => void = () => undefined
      place.addEventListener('message', onMessage)
      bridge.connect(id)
      void ended.promise.then(() => {
        stopListening()
        place.removeEventListener('message', onMessage)
      })
      return linkOver(given.promise, ended)
    },
  }
}

function linkOver(given: Promise<MessagePort>, ended: PromiseWithResolvers<LinkEnd>): Link {
  const inner = given.then((port) => {
    const link = new RPCLink({ port })
    port.start()
    return link
  })
  const link: ClientLink<Record<PropertyKey, unknown>> = { call: async (...args) => (await inner).call(...args) }
  const client: Client = createORPCClient(link)
  return {
    client,
    opened: given.then(() => undefined),
    ended: ended.promise,
    close() {
      void given.then((port) => port.close())
      ended.resolve('lost')
    },
  }
}

function isAnswer(data: unknown, id: string): boolean {
  return typeof data === 'object' && data !== null && 'channel' in data && data.channel === 'depin:port' && 'id' in data && data.id === id
}
