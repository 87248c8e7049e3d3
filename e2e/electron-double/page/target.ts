import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { codec, makeCodec } from '../base/codec.ts'
import type { Holder, PortEnd } from '../base/ports.ts'
import { notHere, runtime, type ThemedPage } from '../base/runtime.ts'
import { versions } from '../base/versions.ts'
import type { Browser } from '../chromium/browser.ts'
import type { Result } from '../chromium/cdp.ts'
import type { ProtocolEvent } from '../chromium/protocol.ts'
import { makeBridge } from './bridge.ts'
import { mainWorld } from './main-world.ts'
import type { FromPage, PreloadInfo, ToPage } from './messages.ts'
import { preloadWorld } from './preload-world.ts'

/** As Electron names it, and so as `Runtime.evaluate` of a test may look for it. */
const worldName = 'Electron Isolated Context'

interface TargetOptions {
  preload: string | undefined
  additionalArguments: readonly string[]
  width: number
  height: number
  isVisible: boolean
  onMessage(message: FromPage, contextId: number): void
  onEvent(event: ProtocolEvent): void
}

/** One page of Chromium, and the preload's world in it. It holds the ends of ports that are in the page. */
export class Target implements Holder, ThemedPage {
  readonly ends = new Set<PortEnd>()
  /** Resolves when the page is ready to be led somewhere. */
  readonly attached: Promise<void>
  /** Why the preload could not be read. */
  preloadError: Error | undefined
  readonly #options: TargetOptions
  readonly #nonce = `electron-double-${randomBytes(6).toString('hex')}`
  #id = ''
  #sessionId = ''
  #windowId = 0
  #contextId: number | undefined
  #isClosed = false

  constructor(options: TargetOptions) {
    this.#options = options
    this.attached = this.#open()
    this.attached.catch(() => undefined)
    runtime.pages.add(this)
    if (runtime.themeSource !== 'system') this.emulateTheme(runtime.themeSource)
  }

  get id(): string {
    return this.#id
  }

  send<M extends string>(method: M, params: object = {}): Promise<Result<M>> {
    return this.#browser.send(method, params, this.#sessionId)
  }

  /** Does to the page's window what the app did to its BrowserWindow. */
  async setWindow(bounds: object): Promise<void> {
    await this.attached
    await this.send('Browser.setWindowBounds', { windowId: this.#windowId, bounds })
  }

  toPage(message: ToPage, contextId = this.#contextId): void {
    const value = codec.encode(message)
    if (contextId === undefined || this.#isClosed) return
    const params = { functionDeclaration: 'function (text) { __electronDoubleReceive(text) }', executionContextId: contextId, arguments: [{ value }], silent: true }
    this.send('Runtime.callFunctionOn', params).catch(() => undefined)
  }

  portMessage(id: string, message: string, ports: string[]): void {
    this.toPage({ kind: 'port', port: id, message, ports })
  }

  portClosed(id: string): void {
    this.toPage({ kind: 'portClosed', port: id })
  }

  emulateTheme(source: 'system' | 'light' | 'dark'): void {
    const features = source === 'system' ? [] : [{ name: 'prefers-color-scheme', value: source }]
    void this.attached.then(() => this.send('Emulation.setEmulatedMedia', { features })).catch(() => undefined)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    runtime.pages.delete(this)
    this.#dropPorts()
    await this.attached.catch(() => undefined)
    if (this.#id !== '') await this.#browser.closePage(this.#id, this.#sessionId)
  }

  get #browser(): Browser {
    if (runtime.browser === undefined) throw new Error('Chromium has not been started.')
    return runtime.browser
  }

  async #open(): Promise<void> {
    const { width, height, isVisible } = this.#options
    const { targetId, sessionId } = await this.#browser.open(width, height, (event) => this.#onEvent(event))
    this.#id = targetId
    this.#sessionId = sessionId
    const [window] = await Promise.all([
      this.send('Browser.getWindowForTarget'),
      this.send('Page.enable'),
      this.send('Runtime.enable'),
      this.send('Inspector.enable'),
      this.send('Runtime.addBinding', { name: '__electronDoubleSend', executionContextName: worldName }),
      this.send('Page.addScriptToEvaluateOnNewDocument', { source: `(${String(mainWorld)})(${JSON.stringify(this.#nonce)}, ${String(makeBridge)})` }),
      this.send('Page.addScriptToEvaluateOnNewDocument', { source: this.#preloadSource(), worldName }),
      this.send('Fetch.enable', { patterns: [{ urlPattern: '*' }, { urlPattern: '*', requestStage: 'Response' }] }),
    ])
    this.#windowId = window.windowId
    if (!isVisible) await this.send('Browser.setWindowBounds', { windowId: window.windowId, bounds: { windowState: 'minimized' } })
    await this.send('Runtime.runIfWaitingForDebugger')
  }

  #preloadSource(): string {
    const path = this.#options.preload ?? ''
    const info: PreloadInfo = {
      nonce: this.#nonce, path, platform: process.platform, arch: process.arch, env: { ...process.env },
      versions: { node: process.versions.node, v8: process.versions.v8, ...versions },
      argv: [process.execPath, ...this.#options.additionalArguments],
    }
    return `(${String(preloadWorld)})(${String(makeCodec)}, ${String(makeBridge)}, ${this.#readPreload(path)}, ${JSON.stringify(info)})\n//# sourceURL=electron-preload:${path}`
  }

  #readPreload(path: string): string {
    if (path === '') return 'null'
    if (path.endsWith('.mjs')) throw notHere('run an ESM preload: a sandboxed one is CommonJS')
    try {
      return `function (require, module, exports, process, global) {\n${readFileSync(path, 'utf8')}\n}`
    } catch (error) {
      this.preloadError = error as Error
      console.error(`Unable to load preload script: ${path}`)
      return 'null'
    }
  }

  #onEvent(event: ProtocolEvent): void {
    if (event.method === 'Runtime.executionContextCreated') {
      const { context } = event.params
      if (context.name === worldName && context.auxData.frameId === this.#id) {
        this.#dropPorts()
        this.#contextId = context.id
      }
    } else if (event.method === 'Runtime.executionContextDestroyed') {
      if (event.params.executionContextId === this.#contextId) {
        this.#contextId = undefined
        this.#dropPorts()
      }
    } else if (event.method === 'Runtime.bindingCalled') {
      if (event.params.name === '__electronDoubleSend') this.#options.onMessage(codec.decode(event.params.payload) as FromPage, event.params.executionContextId)
    } else if (!this.#isClosed) {
      if (event.method === 'Inspector.targetCrashed') this.#dropPorts()
      this.#options.onEvent(event)
    }
  }

  /** A document that is gone takes its ports with it. */
  #dropPorts(): void {
    for (const end of [...this.ends]) end.close()
    this.ends.clear()
  }
}
