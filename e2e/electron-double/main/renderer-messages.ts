import { event } from '../base/events.ts'
import { adopt, closePort, MessagePortDouble, portMessageFrom } from '../base/ports.ts'
import { runtime } from '../base/runtime.ts'
import type { FromPage, Permission } from '../page/messages.ts'
import type { Target } from '../page/target.ts'
import { type InvokeHandler, ipcMain, IpcMainDouble } from './ipc-main.ts'
import { toOuter } from './protocol.ts'
import { SessionDouble } from './session.ts'

interface Sender {
  contents: Electron.WebContents
  target: Target
  session: SessionDouble
  open(details: Electron.HandlerDetails): void
  onTitle(title: string): void
}

/** Something comes from a page's preload. */
export function fromPage(message: FromPage, contextId: number, sender: Sender): void {
  const { contents, target } = sender
  const emit = contents.emit.bind(contents) as (name: string, ...args: unknown[]) => boolean
  switch (message.kind) {
    case 'send': {
      const ipcEvent = createEvent(sender, message.ports)
      emit('ipc-message', ipcEvent, message.channel, ...message.args)
      contents.ipc.emit(message.channel, ipcEvent, ...message.args)
      ipcMain.emit(message.channel, ipcEvent, ...message.args)
      break
    }
    case 'invoke': void invoke(message, contextId, sender); break
    case 'port': portMessageFrom(target, message.port, message.message, message.ports); break
    case 'portClosed': closePort(message.port); break
    case 'open': sender.open({ url: toOuter(message.url), frameName: message.frameName, features: message.features, disposition: message.features === '' ? 'foreground-tab' : 'new-window', referrer: { url: contents.getURL(), policy: 'strict-origin-when-cross-origin' } }); break
    case 'permission': void permit(message, contextId, sender); break
    case 'title': sender.onTitle(message.title); break
    case 'preloadError': emit('preload-error', event(), '', message.error); break
  }
}

function createEvent({ contents, target }: Sender, ports: readonly string[]): object {
  return event({
    type: 'frame', sender: contents, senderFrame: contents.mainFrame, frameId: contents.mainFrame.routingId, processId: contents.mainFrame.processId,
    ports: adopt(ports, target).map((end) => new MessagePortDouble(end)), reply: (channel: string, ...args: unknown[]) => contents.send(channel, ...args),
  })
}

async function invoke({ id, channel, args }: Extract<FromPage, { kind: 'invoke' }>, contextId: number, sender: Sender): Promise<void> {
  const { contents, target } = sender
  const handler: InvokeHandler | undefined = IpcMainDouble.handlerOf(contents.ipc as unknown as IpcMainDouble, channel) ?? IpcMainDouble.handlerOf(ipcMain, channel)
  try {
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`)
    const value = await handler(createEvent(sender, []) as Electron.IpcMainInvokeEvent, ...args)
    target.toPage({ kind: 'answer', id, value }, contextId)
  } catch (error) {
    console.error(`Error occurred in handler for '${channel}':`, error)
    target.toPage({ kind: 'failure', id, message: `Error invoking remote method '${channel}': ${String(error)}` }, contextId)
  }
}

/** Chromium's names for what Electron asks the app about. */
const chromiumNames: Record<Permission, string> = { 'notifications': 'notifications', 'geolocation': 'geolocation', 'media': 'microphone', 'clipboard-read': 'clipboardReadWrite' }

async function permit({ id, permission, isCheck }: Extract<FromPage, { kind: 'permission' }>, contextId: number, { contents, target, session }: Sender): Promise<void> {
  const isGranted = await SessionDouble.ask(session, contents, permission, isCheck)
  if (!isCheck) await runtime.browser?.send('Browser.setPermission', { permission: { name: chromiumNames[permission] }, setting: isGranted ? 'granted' : 'denied' }).catch(() => undefined)
  target.toPage({ kind: 'answer', id, value: isGranted }, contextId)
}
