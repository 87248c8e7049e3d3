/**
 * The signed word of one release, as a file beside the package that it names. electron-updater reads its own `latest*.yml`
 * there; what that says counts only where it is the same.
 */
import * as z from 'zod'
import type { UpdateChannel } from '../contract/nouns/updates.ts'
import { type PackageKind, Statement } from './statement.ts'

export const manifestFormat = 'depin-release/1'
/** A manifest is about 1 KiB. */
export const maxManifestBytes = 16 * 1024

export const KeyId = z.string().regex(/^[0-9a-f]{16}$/, 'not a key id')
const Signature = z.strictObject({
  key: KeyId,
  /** 64 bytes, written in the one way that there is. */
  signature: z.base64().length(88).refine((text) => Buffer.from(text, 'base64').toString('base64') === text, 'not canonical'),
})

export const Manifest = z.strictObject({
  format: z.literal(manifestFormat),
  statement: Statement,
  /** By several keys while one takes the place of another; one that is known is enough. */
  signatures: z.array(Signature).min(1).max(8),
})
export type Manifest = z.infer<typeof Manifest>

export interface Wanted {
  platform: string
  package: PackageKind
  channel: UpdateChannel
}

export function manifestName({ channel, platform, package: kind }: Wanted): string {
  return `${channel}-${platform}-${kind}.release.json`
}
