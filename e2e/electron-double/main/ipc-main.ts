import { EventEmitter } from 'node:events'
import type { Some } from '../base/faithful.ts'

export type InvokeHandler = (event: Electron.IpcMainInvokeEvent, ...args: unknown[]) => unknown

/** `ipcMain`, and each page's `webContents.ipc`. */
export class IpcMainDouble extends EventEmitter implements Some<Electron.IpcMain> {
  private readonly handlers = new Map<string, InvokeHandler>()

  handle(channel: string, handler: InvokeHandler): void {
    if (this.handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
    if (typeof handler !== 'function') throw new TypeError(`Expected handler to be a function, but found type '${typeof handler}'`)
    this.handlers.set(channel, handler)
  }

  handleOnce(channel: string, handler: InvokeHandler): void {
    this.handle(channel, (...args) => {
      this.handlers.delete(channel)
      return handler(...args)
    })
  }

  removeHandler(channel: string): void {
    this.handlers.delete(channel)
  }

  static handlerOf(ipc: IpcMainDouble, channel: string): InvokeHandler | undefined {
    return ipc.handlers.get(channel)
  }
}

export const ipcMain = new IpcMainDouble()
