import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Some } from '../base/faithful.ts'
import { runtime } from '../base/runtime.ts'
import { app } from './app.ts'

const prefix = Buffer.from('v11')
const ivBytes = 12
const tagBytes = 16

/** Real encryption by a key beside the app's data, where the system would keep it in its keychain. `ELECTRON_DOUBLE_KEYCHAIN=none`: a system without one. */
export class SafeStorageDouble implements Some<Electron.SafeStorage> {
  isEncryptionAvailable(): boolean { return runtime.isReady && process.env['ELECTRON_DOUBLE_KEYCHAIN'] !== 'none' }
  async isAsyncEncryptionAvailable(): Promise<boolean> {
    await app.whenReady()
    return this.isEncryptionAvailable()
  }

  getSelectedStorageBackend(): 'gnome_libsecret' | 'basic_text' | 'unknown' {
    if (!runtime.isReady) return 'unknown'
    return this.isEncryptionAvailable() ? 'gnome_libsecret' : 'basic_text'
  }

  encryptString(plainText: string): Buffer {
    if (!this.isEncryptionAvailable()) throw new Error('Error while encrypting the text provided to safeStorage.encryptString. Encryption is not available.')
    const iv = randomBytes(ivBytes)
    const cipher = createCipheriv('aes-256-gcm', readKey(), iv)
    return Buffer.concat([prefix, iv, cipher.update(plainText, 'utf8'), cipher.final(), cipher.getAuthTag()])
  }

  decryptString(encrypted: Buffer): string {
    if (!this.isEncryptionAvailable()) throw new Error('Error while decrypting the ciphertext provided to safeStorage.decryptString. Encryption is not available.')
    if (!encrypted.subarray(0, prefix.length).equals(prefix)) throw new Error('Error while decrypting the ciphertext provided to safeStorage.decryptString. Ciphertext does not appear to be encrypted.')
    try {
      const decipher = createDecipheriv('aes-256-gcm', readKey(), encrypted.subarray(prefix.length, prefix.length + ivBytes))
      decipher.setAuthTag(encrypted.subarray(-tagBytes))
      return decipher.update(encrypted.subarray(prefix.length + ivBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8')
    } catch (cause) {
      throw new Error('Error while decrypting the ciphertext provided to safeStorage.decryptString.', { cause })
    }
  }

  async encryptStringAsync(plainText: string): Promise<Buffer> {
    await app.whenReady()
    return this.encryptString(plainText)
  }

  async decryptStringAsync(encrypted: Buffer): Promise<Electron.DecryptStringAsyncReturnValue> {
    await app.whenReady()
    return { result: this.decryptString(encrypted), shouldReEncrypt: false }
  }
}

function readKey(): Buffer {
  const path = join(app.getPath('userData'), 'double-key')
  try {
    return readFileSync(path)
  } catch {
    const key = randomBytes(32)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, key, { mode: 0o600 })
    return key
  }
}
