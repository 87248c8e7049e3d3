/** What a feed offers this computer, checked before anything of it is believed. */
import type { Clock } from '../base/index.ts'
import type { DepinError } from '../../contract/errors.ts'
import type { UpdateChannel } from '../../contract/nouns/updates.ts'
import { isInRollout, isNewer, type ReleaseKey, type Statement, takenBack, type UpdateMemory, verifyManifest } from '../../release/index.ts'
import { fetchManifest } from './feed.ts'

export interface LookDeps {
  feed: string
  keys: readonly ReleaseKey[]
  memory: UpdateMemory
  clock: Clock
  installed: string
  platform: string
}

export type Offer =
  /** Nothing that is newer. */
  | { kind: 'none' }
  /** `staged`: for others first. `refused`: it was installed here once, and did not become healthy. */
  | { kind: 'newer', statement: Statement, staged: boolean, refused: boolean }

/** On a server, where a command can try it again. */
export function refusal(version: string, { refusedAtMs }: Pick<UpdateMemory, 'refusedAtMs'>): DepinError {
  return takenBack(version, refusedAtMs(version), { next: 'To try it once more all the same: depin update --again' })
}

/** The highest version that was ever offered is remembered before this returns. E_UPDATE with the reason. */
export async function lookForUpdate({ feed, keys, memory, clock, installed, platform }: LookDeps, channel: UpdateChannel, signal?: AbortSignal): Promise<Offer> {
  const wanted = { platform, package: 'tarball', channel } as const
  const bytes = await fetchManifest(feed, wanted, clock, signal)
  const statement = verifyManifest(bytes, { ...wanted, keys, nowMs: clock.nowMs(), seen: memory.seen(channel) })
  memory.see(statement)
  if (!isNewer(statement, installed)) return { kind: 'none' }
  const staged = !isInRollout(memory.rolloutId, statement.version, statement.rolloutPercent)
  return { kind: 'newer', statement, staged, refused: memory.isRefused(statement.version) }
}
