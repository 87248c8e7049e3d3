/** The API on a message port: the desktop's windows, and workers. A port that exists was handed over by our own process. */
import { onMessagePortClose, onMessagePortMessage, postMessagePortMessage } from '@orpc/client/message-port'
import type { Disposer } from '../../base/index.ts'
import { serveChannel, type ChannelOptions } from '../channel.ts'
import type { ApiPort } from '../types.ts'

/**
 * Serves until the port closes or the disposer is called, which closes it.
 *
 * A port tells nothing about how much its other side has read, so nothing here can wait for it. One turn of the event
 * loop per message keeps a busy stream from starving everything else.
 */
export function serveMessagePort(port: ApiPort, options: ChannelOptions, onClose: () => void): Disposer {
  const channel = serveChannel({
    send: async (message) => {
      postMessagePortMessage(port, message)
      await new Promise((resolve) => setImmediate(resolve))
    },
    closeAsBroken: () => dispose(),
  }, options)
  function dispose(): void {
    channel.close()
    port.close?.()
  }
  onMessagePortMessage(port, (message: unknown) => {
    if (typeof message === 'string') channel.message(message)
    else dispose()
  })
  onMessagePortClose(port, () => {
    channel.close()
    onClose()
  })
  port.start?.()
  return dispose
}
