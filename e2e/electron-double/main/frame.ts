import { EventEmitter } from 'node:events'
import type { Some } from '../base/faithful.ts'
import { whole } from '../base/faithful.ts'

/** The only frame of a page that main knows: the preload runs in no other. */
class FrameDouble extends EventEmitter implements Some<Electron.WebFrameMain> {
  readonly parent = null
  readonly frames: Electron.WebFrameMain[] = []
  readonly detached = false
  readonly processId: number
  readonly routingId: number
  readonly frameTreeNodeId: number
  readonly frameToken: string
  private readonly contents: Electron.WebContents

  constructor(contents: Electron.WebContents) {
    super()
    this.contents = contents
    this.processId = this.routingId = this.frameTreeNodeId = contents.id
    this.frameToken = String(contents.id)
  }

  get top(): Electron.WebFrameMain { return whole(this) }
  get framesInSubtree(): Electron.WebFrameMain[] { return [whole(this)] }
  get url(): string { return this.contents.getURL() }
  get ipc(): Electron.IpcMain { return this.contents.ipc }
  get osProcessId(): number { return this.contents.getOSProcessId() }
  get origin(): string {
    if (this.url === '') return 'null'
    const { origin, protocol, host } = new URL(this.url)
    return origin === 'null' && host !== '' ? `${protocol}//${host}` : origin
  }

  isDestroyed(): boolean { return this.contents.isDestroyed() }
  send(channel: string, ...args: unknown[]): void { this.contents.send(channel, ...args) }
  postMessage(channel: string, message: unknown, transfer?: Electron.MessagePortMain[]): void { this.contents.postMessage(channel, message, transfer) }
  async executeJavaScript(code: string): Promise<unknown> { return await this.contents.executeJavaScript(code) as unknown }
  reload(): boolean {
    this.contents.reload()
    return true
  }
}

export { FrameDouble }

export function createFrame(contents: Electron.WebContents): Electron.WebFrameMain {
  return whole(new FrameDouble(contents))
}
