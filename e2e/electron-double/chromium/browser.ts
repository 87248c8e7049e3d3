import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { findChromium } from '../../../scripts/suites/chromium.ts'
import { Cdp, type Result } from './cdp.ts'
import type { Download, ProtocolEvent } from './protocol.ts'

interface BrowserOptions {
  profile: string
  isHeadless: boolean
  debuggingPort: number | undefined
  locale: string
}

/** A page that a page opened by itself, by a link with a target. */
export interface OpenedTarget { targetId: string, sessionId: string, openerId: string }

const shutdownMs = 3_000

/** The one Chromium behind all windows. */
export class Browser {
  readonly #process: ChildProcess
  readonly #cdp: Cdp
  /** What Chromium says about where it can be debugged; pending for ever where that was not asked for. */
  readonly debuggingUrl: Promise<string>
  readonly #sessions = new Map<string, (event: ProtocolEvent) => void>()
  /** Sessions of targets that nobody has asked for yet. */
  readonly #attached = new Map<string, string>()
  readonly #waiting = new Map<string, (sessionId: string) => void>()
  onOpened: (target: OpenedTarget) => void = () => undefined
  onDownload: (download: Download) => void = () => undefined

  private constructor(process: ChildProcess) {
    this.#process = process
    this.debuggingUrl = readDebuggingUrl(process)
    this.#cdp = new Cdp(process)
    this.#cdp.onEvent = (event, sessionId) => {
      if (event.method === 'Target.attachedToTarget') this.#onAttached(event.params)
      else if (event.method === 'Browser.downloadWillBegin') this.onDownload(event.params)
      else if (sessionId !== undefined) this.#sessions.get(sessionId)?.(event)
    }
  }

  static async start({ profile, isHeadless, debuggingPort, locale }: BrowserOptions): Promise<Browser> {
    const program = findChromium()
    if (program === undefined) throw new Error('The stand-in for Electron needs a Chromium (apt-get install chromium), or its path in DEPIN_TEST_CHROMIUM.')
    mkdirSync(profile, { recursive: true })
    const browser = new Browser(spawn(program, [
      ...(isHeadless ? ['--headless'] : []),
      ...(debuggingPort === undefined ? [] : [`--remote-debugging-port=${String(debuggingPort)}`]),
      ...switches, `--user-data-dir=${profile}`, `--lang=${locale}`, `--accept-lang=${locale}`,
    ], { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] }))
    await browser.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true, filter: [{ type: 'page' }] })
    await browser.send('Browser.setDownloadBehavior', { behavior: 'deny', eventsEnabled: true })
    return browser
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  send<M extends string>(method: M, params: object = {}, sessionId?: string): Promise<Result<M>> {
    return this.#cdp.send(method, params, sessionId)
  }

  onExit(listener: () => void): void {
    this.#process.once('exit', listener)
  }

  /** Opens a page, paused before it runs anything. */
  async open(width: number, height: number, onEvent: (event: ProtocolEvent) => void): Promise<{ targetId: string, sessionId: string }> {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank', newWindow: true, width, height })
    const early = this.#attached.get(targetId)
    this.#attached.delete(targetId)
    const sessionId = early ?? await new Promise<string>((resolve) => this.#waiting.set(targetId, resolve))
    this.listen(sessionId, onEvent)
    return { targetId, sessionId }
  }

  listen(sessionId: string, onEvent: (event: ProtocolEvent) => void): void {
    this.#sessions.set(sessionId, onEvent)
  }

  async closePage(targetId: string, sessionId: string): Promise<void> {
    this.#sessions.delete(sessionId)
    await this.send('Target.closeTarget', { targetId }).catch(() => undefined)
  }

  /** Asks it to end, so that the profile is written; then makes it. */
  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const exited = once(this.#process, 'exit')
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), shutdownMs)
    await this.send('Browser.close').catch(() => undefined)
    await exited
    clearTimeout(timer)
  }

  #onAttached({ targetInfo: { targetId, type, openerId }, sessionId }: { sessionId: string, targetInfo: { targetId: string, type: string, openerId?: string } }): void {
    const waiting = this.#waiting.get(targetId)
    this.#waiting.delete(targetId)
    if (type !== 'page') void this.send('Runtime.runIfWaitingForDebugger', {}, sessionId).catch(() => undefined)
    else if (waiting !== undefined) waiting(sessionId)
    else if (openerId !== undefined) this.onOpened({ targetId, sessionId, openerId })
    else this.#attached.set(targetId, sessionId)
  }
}

/** Nothing but what the app asks for goes to the network, and no name leads anywhere. */
const switches = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--no-default-browser-check', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-extensions', '--disable-default-apps', '--disable-popup-blocking',
  '--password-store=basic', '--use-mock-keychain', '--no-startup-window', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
  '--remote-debugging-pipe',
  // As in Electron: a port tells when its other side is gone.
  '--enable-blink-features=MessagePortCloseEvent',
]

function readDebuggingUrl(process: ChildProcess): Promise<string> {
  let said = ''
  return new Promise((resolve) => process.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-50_000)
    const [, url] = /^DevTools listening on (ws:\/\/.*)$/m.exec(said) ?? []
    if (url !== undefined) resolve(url)
  }))
}
