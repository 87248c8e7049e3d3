import type { Some } from '../base/faithful.ts'
import { notHere } from '../base/runtime.ts'

/** Every dialog waits for a person. Specs answer instead (harness/instrument.cjs), on real Electron too. */
export class DialogDouble implements Some<Electron.Dialog> {
  showOpenDialog(): Promise<Electron.OpenDialogReturnValue> { return Promise.reject(unanswered('showOpenDialog')) }
  showSaveDialog(): Promise<Electron.SaveDialogReturnValue> { return Promise.reject(unanswered('showSaveDialog')) }
  showMessageBox(): Promise<Electron.MessageBoxReturnValue> { return Promise.reject(unanswered('showMessageBox')) }
  showMessageBoxSync(): number { throw unanswered('showMessageBoxSync') }
  showOpenDialogSync(): string[] | undefined { throw unanswered('showOpenDialogSync') }
  showSaveDialogSync(): string { throw unanswered('showSaveDialogSync') }
  showErrorBox(title: string, content: string): void { console.error(`${title}\n${content}`) }
}

function unanswered(name: string): Error {
  return notHere(`answer dialog.${name}, which nobody stands in for`)
}
