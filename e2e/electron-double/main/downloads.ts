import { EventEmitter } from 'node:events'
import { event } from '../base/events.ts'
import type { Some } from '../base/faithful.ts'
import { refuseEvents } from '../base/missing.ts'
import { runtime } from '../base/runtime.ts'
import type { Download } from '../chromium/protocol.ts'
import { toOuter } from './protocol.ts'
import { sessionOf } from './session.ts'
import { WebContentsDouble } from './web-contents.ts'

export class DownloadItemDouble extends EventEmitter implements Some<Electron.DownloadItem> {
  private readonly download: Download

  constructor(download: Download) {
    super()
    refuseEvents(this, 'DownloadItem', ['done', 'updated'])
    this.download = download
  }

  getURL(): string { return toOuter(this.download.url) }
  getFilename(): string { return this.download.suggestedFilename }
  cancel(): void { cancel(this.download) }
}

/** The app is told, and may prevent it. If it does not, the file is for whoever drives Chromium: Playwright's `download`. */
export function downloadBegins(download: Download): void {
  const asked = event()
  sessionOf().emit('will-download', asked, new DownloadItemDouble(download), WebContentsDouble.fromDevToolsTargetId(download.frameId))
  if (asked.defaultPrevented) cancel(download)
}

function cancel({ guid }: Download): void {
  void runtime.browser?.send('Browser.cancelDownload', { guid }).catch(() => undefined)
}
