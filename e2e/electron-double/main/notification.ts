import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { event } from '../base/events.ts'
import type { Some } from '../base/faithful.ts'

/** The notification's model: nothing is drawn, and nobody but a test clicks it. */
export class NotificationDouble extends EventEmitter implements Some<Electron.Notification> {
  readonly id: string
  title: string
  subtitle: string
  body: string
  silent: boolean
  hasReply: boolean
  replyPlaceholder: string
  sound: string
  urgency: Electron.Notification['urgency']
  timeoutType: Electron.Notification['timeoutType']
  actions: Electron.NotificationAction[]
  closeButtonText: string
  toastXml: string
  private isShown = false

  constructor(options: Electron.NotificationConstructorOptions = {}) {
    super()
    this.id = options.id ?? randomUUID()
    this.title = options.title ?? ''
    this.subtitle = options.subtitle ?? ''
    this.body = options.body ?? ''
    this.silent = options.silent ?? false
    this.hasReply = options.hasReply ?? false
    this.replyPlaceholder = options.replyPlaceholder ?? ''
    this.sound = options.sound ?? ''
    this.urgency = options.urgency ?? 'normal'
    this.timeoutType = options.timeoutType ?? 'default'
    this.actions = options.actions ?? []
    this.closeButtonText = options.closeButtonText ?? ''
    this.toastXml = options.toastXml ?? ''
  }

  static isSupported(): boolean { return true }

  show(): void {
    this.isShown = true
    setImmediate(() => this.emit('show', event()))
  }

  close(): void {
    if (!this.isShown) return
    this.isShown = false
    this.emit('close', event({ reason: 'applicationHidden' }))
  }
}
