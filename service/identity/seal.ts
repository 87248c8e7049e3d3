/** A seed that only who holds a key can read: on a desktop the key lies in the system's keychain. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import * as z from 'zod'

export const sealKeyBytes = 32
const ivBytes = 12

/** AES-256-GCM. What it belongs to is bound to it: a sealed seed cannot be put into another's file. */
export const SealedSeed = z.strictObject({ cipher: z.literal('aes-256-gcm'), iv: z.base64(), data: z.base64(), tag: z.base64() })
export type SealedSeed = z.infer<typeof SealedSeed>

export function sealSeed(seed: Uint8Array, key: Uint8Array, peerId: string): SealedSeed {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(boundTo(peerId))
  const data = Buffer.concat([cipher.update(seed), cipher.final()])
  return { cipher: 'aes-256-gcm', iv: iv.toString('base64'), data: data.toString('base64'), tag: cipher.getAuthTag().toString('base64') }
}

/** Null: not with this key, or something of it was changed. */
export function openSeed({ iv, data, tag }: SealedSeed, key: Uint8Array, peerId: string): Buffer | null {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64')).setAAD(boundTo(peerId)).setAuthTag(Buffer.from(tag, 'base64'))
    return Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()])
  } catch {
    return null
  }
}

function boundTo(peerId: string): Buffer {
  return Buffer.from(`depin/identity-seal/v1\0${peerId}`)
}
