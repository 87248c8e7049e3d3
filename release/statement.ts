/**
 * What a signature of a release says: this file, of this length and hash, is this version for this platform in this
 * channel, and this word of it holds until then.
 */
import * as z from 'zod'
import { TimestampMs } from '../contract/ids.ts'
import { UpdateChannel, Version } from '../contract/nouns/updates.ts'

/** Of a processor and its system, as Node names them. */
export const Platform = z.string().regex(/^(linux|darwin|win32)-(x64|arm64)$/, 'not a platform')

/** In what form: a platform has several, and one is not installed as another. */
export const PackageKind = z.enum(['tarball', 'appimage', 'nsis', 'mac', 'deb', 'rpm'])
export type PackageKind = z.infer<typeof PackageKind>

/** A file beside the manifest: a plain name, never a path or an address. */
export const FileName = z.string().max(200).regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'not a file name')

/** No package of ours is larger, bytes. */
const maxPackageBytes = 2 * 1024 ** 3

/** The order of the keys is the order in which they are signed. */
export const Statement = z.strictObject({
  version: Version,
  platform: Platform,
  package: PackageKind,
  channel: UpdateChannel,
  file: FileName,
  sha512: z.string().regex(/^[0-9a-f]{128}$/, 'not a SHA-512'),
  bytes: z.int().min(1).max(maxPackageBytes),
  /** Of all computers, those that get it now. */
  rolloutPercent: z.int().min(0).max(100),
  signedAtMs: TimestampMs,
  /** After it, nothing is believed: a mirror that stands still is noticed. */
  expiresAtMs: TimestampMs,
})
export type Statement = z.infer<typeof Statement>

export const statementDomain = 'depin/release/v1'

/**
 * The bytes that are signed: the domain in a line, then `key=value` in a line for each key, in the order of the schema. No
 * value can hold the end of a line, numbers are plain decimals: one statement has one text, and one text one statement.
 */
export function statementText(statement: Statement): string {
  const parsed = Statement.parse(statement)
  const lines = Object.keys(Statement.shape).map((key) => `${key}=${parsed[key as keyof Statement]}`)
  return [statementDomain, ...lines, ''].join('\n')
}
