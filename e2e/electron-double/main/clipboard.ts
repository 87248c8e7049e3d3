import type { Some } from '../base/faithful.ts'

/** The app's own: no other app sees it. */
export class ClipboardDouble implements Some<Electron.Clipboard> {
  private text = ''

  readText(): Promise<string> { return Promise.resolve(this.text) }
  writeText(text: string): Promise<void> {
    this.text = text
    return Promise.resolve()
  }

  clear(): void { this.text = '' }
}
