import type { Some } from '../base/faithful.ts'

/** The register: no key of a keyboard reaches it. */
export class GlobalShortcutDouble implements Some<Electron.GlobalShortcut> {
  private readonly callbacks = new Map<string, () => void>()

  register(accelerator: string, callback: () => void): boolean {
    if (this.callbacks.has(accelerator)) return false
    this.callbacks.set(accelerator, callback)
    return true
  }

  registerAll(accelerators: string[], callback: () => void): void { for (const each of accelerators) this.register(each, callback) }
  unregister(accelerator: string): void { this.callbacks.delete(accelerator) }
  unregisterAll(): void { this.callbacks.clear() }
  isRegistered(accelerator: string): boolean { return this.callbacks.has(accelerator) }
}
