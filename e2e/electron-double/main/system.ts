import { EventEmitter } from 'node:events'
import type { Some } from '../base/faithful.ts'
import { app } from './app.ts'

export class SystemPreferencesDouble extends EventEmitter implements Some<Electron.SystemPreferences> {
  getMediaAccessStatus(): 'granted' { return 'granted' }
  getAccentColor(): string { return '0078d7ff' }
}

export class CrashReporterDouble implements Some<Electron.CrashReporter> {
  private uploads = false
  private readonly extra = new Map<string, string>()

  start({ uploadToServer = true, extra = {} }: Electron.CrashReporterStartOptions): void {
    this.uploads = uploadToServer
    for (const [key, value] of Object.entries(extra)) this.extra.set(key, value)
  }

  getUploadToServer(): boolean { return this.uploads }
  setUploadToServer(uploads: boolean): void { this.uploads = uploads }
  getUploadedReports(): Electron.CrashReport[] { return [] }
  getParameters(): Record<string, string> { return Object.fromEntries(this.extra) }
  addExtraParameter(key: string, value: string): void { this.extra.set(key, value) }
  removeExtraParameter(key: string): void { this.extra.delete(key) }
}

/** Only what every app may touch: updates go through electron-updater. */
export class AutoUpdaterDouble extends EventEmitter implements Some<Electron.AutoUpdater> {
  private feed = ''

  setFeedURL({ url }: Electron.FeedURLOptions): void { this.feed = url }
  getFeedURL(): string { return this.feed }
  quitAndInstall(): void {
    this.emit('before-quit-for-update')
    app.quit()
  }
}
