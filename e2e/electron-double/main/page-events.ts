import { event } from '../base/events.ts'
import type { ProtocolEvent, RequestPaused } from '../chromium/protocol.ts'
import type { Target } from '../page/target.ts'
import { app } from './app.ts'
import { answer } from './interception.ts'
import { toOuter } from './protocol.ts'
import { sessionOf } from './session.ts'
import type { WebRequestDouble } from './web-request.ts'

interface PageListeners {
  onReadyToShow(): void
  onTitle(title: string): void
}

/** Turns what Chromium tells of a page into the events of its WebContents. */
export class PageEvents {
  url = ''
  title = ''
  isLoading = false
  isCrashed = false
  readonly #contents: Electron.WebContents
  readonly #emit: (name: string, ...args: unknown[]) => boolean
  readonly #target: Target
  readonly #listeners: PageListeners
  #expected: string | undefined
  #loaded = Promise.withResolvers<undefined>()
  /** Before main leads it anywhere, Chromium shows `about:blank`, and Electron nothing. */
  #hasStarted = false
  /** Since main last led it somewhere. */
  #hasCommitted = false
  #isShowable = false

  constructor(contents: Electron.WebContents, target: Target, listeners: PageListeners) {
    this.#contents = contents
    this.#emit = contents.emit.bind(contents) as (name: string, ...args: unknown[]) => boolean
    this.#target = target
    this.#listeners = listeners
  }

  /** Main leads the page to `url`. @returns when the page has loaded */
  expect(url: string): Promise<undefined> {
    this.#hasStarted = true
    this.#hasCommitted = false
    this.#expected = withoutHash(url)
    this.#loaded = Promise.withResolvers()
    return this.#loaded.promise
  }

  forget(): void {
    this.#expected = undefined
  }

  on(message: ProtocolEvent): void {
    switch (message.method) {
      case 'Fetch.requestPaused': this.#onRequest(message.params); break
      case 'Inspector.targetCrashed': this.#onCrash(); break
      case 'Runtime.consoleAPICalled': this.#onConsole(message.params); break
      default: if (this.#hasStarted) this.#onNavigation(message)
    }
  }

  #onNavigation(message: ProtocolEvent): void {
    switch (message.method) {
      case 'Page.frameStartedLoading':
        if (message.params.frameId !== this.#target.id) break
        this.isLoading = true
        this.#emit('did-start-loading')
        break
      case 'Page.frameNavigated': {
        const { frame } = message.params
        if (frame.parentId !== undefined || frame.url.startsWith('chrome-error:')) break
        this.url = frame.url + (frame.urlFragment ?? '')
        this.isCrashed = false
        this.#hasCommitted = true
        this.#emit('did-navigate', event(), toOuter(this.url), 200, 'OK')
        break
      }
      case 'Page.navigatedWithinDocument':
        if (message.params.frameId !== this.#target.id) break
        this.url = message.params.url
        this.#emit('did-navigate-in-page', event(), toOuter(this.url), true, this.#contents.mainFrame.processId, this.#contents.mainFrame.routingId)
        break
      case 'Page.domContentEventFired':
        this.#emit('dom-ready', event())
        break
      case 'Page.loadEventFired':
        this.#emit('did-frame-finish-load', event(), true, this.#contents.mainFrame.processId, this.#contents.mainFrame.routingId)
        this.#emit('did-finish-load')
        if (!this.#isShowable) {
          this.#isShowable = true
          this.#listeners.onReadyToShow()
        }
        break
      case 'Page.frameStoppedLoading':
        if (message.params.frameId !== this.#target.id) break
        this.isLoading = false
        this.#emit('did-stop-loading')
        if (this.#hasCommitted) this.#loaded.resolve(undefined)
        break
      default:
    }
  }

  #onRequest(paused: RequestPaused): void {
    const page = {
      contents: this.#contents,
      webRequest: sessionOf().webRequest as unknown as WebRequestDouble,
      send: (method: string, params: object) => this.#target.send(method, params),
      isExpected: ({ request }: RequestPaused) => {
        const isExpected = withoutHash(request.url) === this.#expected
        if (isExpected) this.#expected = undefined
        return isExpected
      },
      isMainFrame: (frameId: string) => frameId === this.#target.id,
    }
    // A request whose page has gone can no longer be answered.
    answer(paused, page).catch(() => undefined)
  }

  #onCrash(): void {
    this.isCrashed = true
    this.isLoading = false
    const details = { reason: 'crashed', exitCode: 5 }
    this.#emit('render-process-gone', event(), details)
    app.emit('render-process-gone', event(), this.#contents, details)
  }

  #onConsole({ type, args, stackTrace }: Extract<ProtocolEvent, { method: 'Runtime.consoleAPICalled' }>['params']): void {
    const levels: Record<string, string> = { debug: 'debug', warning: 'warning', error: 'error', assert: 'error' }
    const message = args.map(({ value, description = 'undefined' }) => typeof value === 'string' ? value : value === undefined ? description : JSON.stringify(value)).join(' ')
    const [place] = stackTrace?.callFrames ?? []
    this.#emit('console-message', event({ level: levels[type] ?? 'info', message, lineNumber: (place?.lineNumber ?? 0) + 1, sourceId: toOuter(place?.url ?? ''), frame: this.#contents.mainFrame }))
  }

  setTitle(title: string): void {
    if (!this.#hasCommitted || title === '' || title === this.title) return
    this.title = title
    this.#listeners.onTitle(title)
  }
}

/** As Chromium writes it in a request. */
function withoutHash(url: string): string {
  return new URL(url).href.replace(/#.*/s, '')
}
