import type { Codec } from '../base/codec.ts'
import type { Bridge } from './bridge.ts'
import type { BridgeMessage, FromPage, PageRequest, PreloadInfo, PreloadRequest, ToPage } from './messages.ts'

type Preload = (require: (id: string) => unknown, module: { exports: object }, exports: object, process: object, global: typeof globalThis) => void
/** What main adds to this world. */
interface World { __electronDoubleSend(text: string): void, __electronDoubleReceive(text: string): void }

/**
 * Runs in the preload's isolated world, before the page: `electron` for a sandboxed preload, and the preload itself. The page gets
 * its source: it uses nothing from around it.
 */
export function preloadWorld(makeCodec: () => Codec, makeBridge: (send: (message: BridgeMessage) => void) => Bridge, preload: Preload | null, info: PreloadInfo): void {
  if (window.parent !== window) return
  const [inbound, outbound] = [`${info.nonce}:preload`, `${info.nonce}:page`]
  const codec = makeCodec()
  const world = globalThis as unknown as World
  const toMain = (message: FromPage) => world.__electronDoubleSend(codec.encode(message))
  const send = (detail: BridgeMessage | PreloadRequest) => window.dispatchEvent(new CustomEvent(outbound, { detail }))
  const bridge = makeBridge(send)
  let last = 0
  let exposed: { error: string | undefined } = { error: undefined }
  const answers = new Map<number, { resolve(value: unknown): void, reject(error: Error): void }>()

  window.addEventListener(inbound, (event) => {
    event.stopImmediatePropagation()
    const message = (event as CustomEvent<BridgeMessage | PageRequest>).detail
    switch (message.kind) {
      case 'exposed': exposed = message; break
      case 'open': toMain(message); break
      case 'permission': {
        const id = ++last
        answers.set(id, { resolve: (isGranted) => send({ kind: 'permitted', id: message.id, isGranted: isGranted === true }), reject: () => send({ kind: 'permitted', id: message.id, isGranted: false }) })
        toMain({ ...message, id })
        break
      }
      default: bridge.receive(message)
    }
  })

  const contextBridge = {
    exposeInMainWorld(key: string, api: unknown): void {
      send({ kind: 'expose', key, api: bridge.wrap(api) })
      if (exposed.error !== undefined) throw new Error(exposed.error)
    },
  }

  type Listener = ((...args: unknown[]) => void) & { listener?: Listener }
  class Emitter {
    private readonly channels = new Map<string, Listener[]>()
    on(channel: string, listener: Listener): this {
      this.channels.set(channel, [...this.channels.get(channel) ?? [], listener])
      return this
    }

    once(channel: string, listener: Listener): this {
      const wrapper: Listener = (...args) => {
        this.off(channel, wrapper)
        listener.apply(this, args)
      }
      wrapper.listener = listener
      return this.on(channel, wrapper)
    }

    off(channel: string, listener: Listener): this {
      const listeners = this.channels.get(channel) ?? []
      const index = listeners.findLastIndex((each) => each === listener || each.listener === listener)
      if (index >= 0) this.channels.set(channel, listeners.toSpliced(index, 1))
      return this
    }

    addListener(channel: string, listener: Listener): this { return this.on(channel, listener) }
    removeListener(channel: string, listener: Listener): this { return this.off(channel, listener) }
    removeAllListeners(channel?: string): this {
      if (channel === undefined) this.channels.clear()
      else this.channels.delete(channel)
      return this
    }

    listenerCount(channel: string): number { return this.channels.get(channel)?.length ?? 0 }
    emit(channel: string, ...args: unknown[]): boolean {
      const listeners = this.channels.get(channel) ?? []
      for (const listener of listeners) listener.apply(this, args)
      return listeners.length > 0
    }
  }

  // Every port that leaves or enters the page is pumped through the hub in main.
  const pumped = new Map<string, MessagePort>()
  function pump(id: string, port: MessagePort): void {
    pumped.set(id, port)
    port.onmessage = ({ data, ports }) => toMain({ kind: 'port', port: id, message: codec.encode(data), ports: ports.map(portOut) })
    port.addEventListener('close', () => {
      pumped.delete(id)
      toMain({ kind: 'portClosed', port: id })
    })
    port.start()
  }

  function portOut(port: MessagePort): string {
    const id = `${info.nonce}-${String(++last)}`
    pump(id, port)
    return id
  }

  function portIn(id: string): MessagePort {
    const { port1, port2 } = new MessageChannel()
    pump(id, port2)
    return port1
  }

  class IpcRenderer extends Emitter {
    send(channel: string, ...args: unknown[]): void { toMain({ kind: 'send', channel, args, ports: [] }) }
    postMessage(channel: string, message: unknown, transfer: MessagePort[] = []): void { toMain({ kind: 'send', channel, args: [message], ports: transfer.map(portOut) }) }
    async invoke(channel: string, ...args: unknown[]): Promise<unknown> {
      const id = ++last
      const answer = new Promise((resolve, reject) => answers.set(id, { resolve, reject }))
      toMain({ kind: 'invoke', id, channel, args })
      return await answer
    }

    sendSync(): never { throw new Error('The stand-in for Electron cannot do ipcRenderer.sendSync.') }
    sendToHost(): never { throw new Error('The stand-in for Electron cannot do ipcRenderer.sendToHost.') }
  }
  const ipcRenderer = new IpcRenderer()

  world.__electronDoubleReceive = (text) => {
    const message = codec.decode(text) as ToPage
    switch (message.kind) {
      case 'ipc': ipcRenderer.emit(message.channel, { sender: ipcRenderer, senderId: 0, ports: message.ports.map(portIn) }, ...message.args); break
      case 'answer': answers.get(message.id)?.resolve(message.value); answers.delete(message.id); break
      case 'failure': answers.get(message.id)?.reject(new Error(message.message)); answers.delete(message.id); break
      case 'port': pumped.get(message.port)?.postMessage(codec.decode(message.message), message.ports.map(portIn)); break
      case 'portClosed': pumped.get(message.port)?.close(); pumped.delete(message.port); break
    }
  }

  // The title as it is when the document has been read, and whenever it changes.
  window.addEventListener('DOMContentLoaded', () => {
    let title = ''
    const tell = () => {
      if (document.title !== title) toMain({ kind: 'title', title: title = document.title })
    }
    tell()
    new MutationObserver(tell).observe(document.head, { subtree: true, childList: true, characterData: true })
  })

  if (preload === null) return
  // What Electron gives a sandboxed preload, and no more.
  const electron = { contextBridge, ipcRenderer }
  for (const name of ['crashReporter', 'nativeImage', 'sharedTexture', 'webFrame', 'webUtils']) {
    Object.defineProperty(electron, name, { get: () => { throw new Error(`The stand-in for Electron cannot do electron's ${name} in a preload.`) } })
  }
  const modules: Record<string, unknown> = {
    'electron': electron, 'electron/renderer': electron, 'electron/common': electron,
    'events': Object.assign(Emitter, { EventEmitter: Emitter }),
    'timers': { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate: (fn: () => void) => setTimeout(fn) },
    'url': { URL, URLSearchParams },
  }
  const require = (id: string): unknown => {
    const found = modules[id.replace(/^node:/, '')]
    if (found === undefined) throw new Error(`module not found: ${id}`)
    return found
  }
  const process = {
    type: 'renderer', sandboxed: true, contextIsolated: true, isMainFrame: true,
    platform: info.platform, arch: info.arch, versions: info.versions, env: info.env, argv: info.argv,
  }
  const module = { exports: {} }
  try {
    preload(require, module, module.exports, process, globalThis)
  } catch (error) {
    console.error(`Unable to load preload script: ${info.path}`)
    console.error(error)
    toMain({ kind: 'preloadError', error })
  }
}
