/** All that the window gets beyond a web page: named questions, named news, and a port to the service. */
import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron'
import { channelOf, connectChannel, desktopCalls, desktopNews, type DesktopNews, portChannel } from '../contract/desktop/channels.ts'

const calls = Object.fromEntries(desktopCalls.map((call) => [call, (input: unknown) => ipcRenderer.invoke(channelOf(call), input)]))

contextBridge.exposeInMainWorld('depin', {
  ...calls,
  connect: (id: string) => ipcRenderer.send(connectChannel, id),
  on(news: DesktopNews, listener: (item: unknown) => void) {
    if (!desktopNews.includes(news)) throw new TypeError('no such news')
    const heard = (_event: IpcRendererEvent, item: unknown): void => listener(item)
    ipcRenderer.on(channelOf(news), heard)
    return () => void ipcRenderer.off(channelOf(news), heard)
  },
})

// A port cannot pass through the bridge; the window hands it on to the page, and to this page alone.
ipcRenderer.on(portChannel, (event, id: unknown) => window.postMessage({ channel: portChannel, id }, location.origin, event.ports))
