/**
 * Images by what they are: the digest of the configuration names the content, whoever it comes from and however it was
 * compressed on the way. A registry's own digests are kept beside it.
 */
import * as z from 'zod'
import { Count } from './common.ts'
import { Platform } from './records.ts'

/** SHA-256 of content, as OCI writes it. */
export const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'not a sha256 digest')
export type Digest = z.infer<typeof Digest>

/** No image has more layers: what engines mount at most. */
export const maxLayers = 128
/** No configuration is larger, bytes. */
export const maxConfigBytes = 4 * 1024 ** 2

/** An image for one kind of machine. */
export const ImageVariant = z.strictObject({
  platform: Platform,
  /** Of its configuration, which names its layers: two images with one such digest are the same. */
  config: Digest,
  /** SHA-256 of each layer, uncompressed, the lowest first. */
  layers: z.array(Digest).min(1).max(maxLayers),
  /** Of its manifest, or of the index it is in, at the registry that the reference names; null: no registry is known to have it. */
  manifest: Digest.nullable(),
  /** What a registry sends for it, compressed; null: not known. Said by the tenant: a hint, never a bound. */
  downloadBytes: Count.nullable(),
  /** What it takes on an engine's disk; null: not known. A hint as well. */
  sizeBytes: Count.nullable(),
})
export type ImageVariant = z.infer<typeof ImageVariant>

/** What the tenant found behind a name. A host takes the variant for its own kind of machine. */
export const ImageSource = z.strictObject({ variants: z.array(ImageVariant).min(1).max(16) })
export type ImageSource = z.infer<typeof ImageSource>
