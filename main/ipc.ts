/** The one place that listens to the window: fixed channels, a schema for each, and only our own page is heard. */
import { ipcMain, type IpcMainEvent, type IpcMainInvokeEvent, MessageChannelMain, type WebFrameMain } from 'electron'
import { channelOf, connectChannel, type DesktopCall, desktopCalls, portChannel } from '../contract/desktop/channels.ts'
import { ConnectId, type DesktopHandlers, desktopInputs } from '../contract/desktop/shell.ts'
import { DepinError } from '../contract/errors.ts'
import type { Log } from './base/log.ts'
import { isOurs } from './security/origin.ts'
import type { Supervisor } from './service/supervisor.ts'

export interface IpcDeps {
  handlers: DesktopHandlers
  supervisor: Supervisor
  log: Log
  /** Our page runs: it has asked for the service. */
  onPage: () => void
}

export function listenToWindow({ handlers, supervisor, log, onPage }: IpcDeps): void {
  for (const call of desktopCalls) {
    ipcMain.handle(channelOf(call), async (event: IpcMainInvokeEvent, input: unknown) => {
      assertOurs(event.senderFrame)
      return await answer(handlers, call, input)
    })
  }

  ipcMain.on(connectChannel, (event: IpcMainEvent, input: unknown) => {
    const frame = event.senderFrame
    const id = ConnectId.safeParse(input)
    if (!isOurPage(frame) || !id.success) {
      log('a request for a port was refused', { url: frame?.url.slice(0, 200) })
      return
    }
    onPage()
    supervisor.connect(() => {
      // the page that asked may be gone, or another one be in its place
      if (event.sender.isDestroyed() || event.sender.mainFrame !== frame) return null
      const { port1, port2 } = new MessageChannelMain()
      event.sender.postMessage(portChannel, id.data, [port1])
      return port2
    })
  })
}

async function answer(handlers: DesktopHandlers, call: DesktopCall, input: unknown): Promise<unknown> {
  const parsed = desktopInputs[call].safeParse(input)
  if (!parsed.success) throw new DepinError('E_BAD_INPUT', `${call}: ${parsed.error.issues[0]?.message ?? 'not understood'}`)
  // the schema of this very call has parsed it
  return await (handlers[call] as (input: unknown) => unknown)(parsed.data)
}

function assertOurs(frame: WebFrameMain | null): void {
  if (!isOurPage(frame)) throw new DepinError('E_UNAUTHORIZED', 'This page may not speak to the app.')
}

/** The page itself, not something framed in it. */
function isOurPage(frame: WebFrameMain | null): frame is WebFrameMain {
  return frame?.parent === null && isOurs(frame.url)
}
