import { rm } from 'node:fs/promises'
import type { Some } from '../base/faithful.ts'
import { notHere } from '../base/runtime.ts'

/** What leaves the app goes nowhere: specs look at what was asked (harness/instrument.cjs). */
export class ShellDouble implements Some<Electron.Shell> {
  openExternal(url: string): Promise<void> {
    return URL.canParse(url) ? Promise.reject(notHere(`open ${url}: harness/instrument.cjs takes shell.openExternal's place`)) : Promise.reject(new Error('Invalid URL'))
  }

  openPath(path: string): Promise<string> { return Promise.reject(notHere(`open ${path}: harness/instrument.cjs takes shell.openPath's place`)) }
  showItemInFolder(path: string): void { throw notHere(`show ${path}: harness/instrument.cjs takes shell.showItemInFolder's place`) }
  async trashItem(path: string): Promise<void> { await rm(path, { recursive: true }) }
  beep(): void { /* nothing sounds */ }
}
