import * as z from 'zod'
import { PeerText } from './common.ts'

/**
 * What a rule about images is about: `registry:ghcr.io`, `repository:docker.io/library/nginx`, `sha256:…` (a configuration, a
 * manifest or a layer), or `direct`: images that come from a renter or another node instead of a registry.
 */
export const ImageSubject = z.string().max(300).regex(
  /^(registry:[a-z0-9][a-z0-9.-]*(:\d{1,5})?|repository:[a-z0-9][a-z0-9.-]*(:\d{1,5})?\/[a-z0-9][a-z0-9._/-]*|sha256:[0-9a-f]{64}|direct)$/,
  'write registry:HOST, repository:HOST/NAME, sha256:DIGEST or direct',
)
export type ImageSubject = z.infer<typeof ImageSubject>

export const BlocklistEntry = z.strictObject({ subject: ImageSubject, why: PeerText(200) })
export type BlocklistEntry = z.infer<typeof BlocklistEntry>
