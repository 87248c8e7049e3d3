/**
 * What opens the sealed key of a data directory, itself encrypted by the system: Keychain on macOS, DPAPI on Windows, Secret Service
 * or KWallet on Linux. It is of one user on one computer; the words of the key are the way without it.
 */
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { safeStorage } from 'electron'
import type { Log } from './base/log.ts'

const keyBytes = 32

export class Keychain {
  readonly #path: string
  readonly #log: Log

  /** @param folder the app's own. */
  constructor({ folder, dataDir, log }: { folder: string, dataDir: string, log: Log }) {
    this.#path = join(folder, `seal-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`)
    this.#log = log
  }

  /** Chromium's own makeshift, a password that is in its source, is no keychain. */
  async isThere(): Promise<boolean> {
    if (process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text') return false
    return await safeStorage.isAsyncEncryptionAvailable()
  }

  /** Null: nothing is kept, or the system does not open it. */
  async read(): Promise<string | null> {
    let sealed: Buffer
    try {
      sealed = readFileSync(this.#path)
    } catch {
      return null
    }
    try {
      const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(sealed)
      // the system has changed its own key
      if (shouldReEncrypt) await this.#write(result)
      return result
    } catch (error) {
      this.#log('the keychain does not open the key', { error })
      return null
    }
  }

  /** The one that is kept, or a new one: on the disk, and known to be readable, before anything is sealed with it. */
  async make(): Promise<string> {
    const key = await this.read() ?? randomBytes(keyBytes).toString('base64')
    await this.#write(key)
    if (await this.read() !== key) throw new Error('the keychain does not give back what it was given')
    return key
  }

  forget(): void {
    rmSync(this.#path, { force: true })
  }

  async #write(key: string): Promise<void> {
    const sealed = await safeStorage.encryptStringAsync(key)
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 })
    writeFileSync(`${this.#path}.tmp`, sealed, { mode: 0o600, flush: true })
    renameSync(`${this.#path}.tmp`, this.#path)
  }
}
