/**
 * Whether a release may be installed. Pure: bytes, keys, the time and what is known go in, a statement or a reason comes out.
 * What is not said here to be good is refused.
 */
import { verify } from 'node:crypto'
import { compare } from 'semver'
import { day } from './day.ts'
import type { ReleaseKey } from './keys.ts'
import { Manifest, maxManifestBytes, type Wanted } from './manifest.ts'
import { updateProblem } from './problem.ts'
import type { Statement } from './statement.ts'
import { statementText } from './statement.ts'

/** The highest version that a channel ever offered, and what it was. */
export interface SeenRelease {
  version: string
  sha512: string
}

export interface Expectation extends Wanted {
  keys: readonly ReleaseKey[]
  nowMs: number
  /** Null: nothing is known. */
  seen: SeenRelease | null
}

/** A clock that is wrong by less is believed, ms. */
const clockSlackMs = 86_400_000

/**
 * The statement in these bytes, if it is signed, fresh, meant for this computer, and no step back from what was offered before.
 * It may be of the version that is installed, or of an older one: see `isNewer`.
 *
 * @throws E_UPDATE with the reason.
 */
export function verifyManifest(bytes: Uint8Array, expected: Expectation): Statement {
  const { statement, signatures } = parse(bytes)
  const text = Buffer.from(statementText(statement))
  const isSigned = signatures.some(({ key, signature }) => {
    const known = expected.keys.find(({ id }) => id === key)
    return known !== undefined && verify(null, text, known.publicKey, Buffer.from(signature, 'base64'))
  })
  if (!isSigned) throw updateProblem('wrong-key', 'The release is not signed by a key that this version knows, or was changed after it was signed.')
  assertFresh(statement, expected.nowMs)
  assertMeant(statement, expected)
  assertNoStepBack(statement, expected.seen)
  return statement
}

/** Never down: a channel that is behind what is installed is waited for. */
export function isNewer(statement: Pick<Statement, 'version'>, installed: string): boolean {
  return compare(statement.version, installed) > 0
}

/** The higher of the two: what may not be gone below from now on. */
export function nextSeen(seen: SeenRelease | null, { version, sha512 }: Statement): SeenRelease {
  return seen !== null && compare(seen.version, version) >= 0 ? seen : { version, sha512 }
}

function parse(bytes: Uint8Array): Manifest {
  if (bytes.length > maxManifestBytes) throw updateProblem('not-signed', 'What the feed says of the release is too long.')
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw updateProblem('not-signed', 'What the feed says of the release cannot be read.', { cause })
  }
  const parsed = Manifest.safeParse(json)
  if (!parsed.success) throw updateProblem('not-signed', 'What the feed says of the release is not a signed release.', { cause: parsed.error })
  return parsed.data
}

function assertFresh({ signedAtMs, expiresAtMs }: Statement, nowMs: number): void {
  if (nowMs >= expiresAtMs) throw updateProblem('expired', `What the feed says of the release held until ${day(expiresAtMs)}.`)
  if (signedAtMs > nowMs + clockSlackMs) throw updateProblem('expired', `What the feed says of the release was signed on ${day(signedAtMs)}, which is not yet.`)
}

function assertMeant(statement: Statement, wanted: Wanted): void {
  if (statement.platform !== wanted.platform || statement.package !== wanted.package) {
    throw updateProblem('wrong-platform', `The feed offers ${statement.platform} ${statement.package} where ${wanted.platform} ${wanted.package} belongs.`)
  }
  if (statement.channel !== wanted.channel) throw updateProblem('wrong-channel', `The feed offers the channel ${statement.channel} where ${wanted.channel} belongs.`)
}

function assertNoStepBack({ version, sha512 }: Statement, seen: SeenRelease | null): void {
  if (seen === null) return
  const order = compare(version, seen.version)
  if (order < 0) throw updateProblem('rolled-back', `The feed offers ${version}, and offered ${seen.version} before.`)
  if (order === 0 && sha512 !== seen.sha512) throw updateProblem('mixed', `The feed offers another ${version} than before.`)
}
