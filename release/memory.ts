/** What a computer remembers of updates, durably: the highest version that was offered, its place in rollouts, what did not become healthy. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { prerelease } from 'semver'
import * as z from 'zod'
import { UpdateChannel, Version } from '../contract/nouns/updates.ts'
import { readJson, writeJsonDurably } from './durable.ts'
import type { Statement } from './statement.ts'
import { nextSeen, type SeenRelease } from './verify.ts'

const Seen = z.object({ version: Version, sha512: z.string() })

const Memory = z.object({
  /** Random, and told to nobody. */
  rolloutId: z.string().min(16),
  channel: UpdateChannel,
  seen: z.partialRecord(UpdateChannel, Seen),
  /** Versions that were installed here, did not become healthy, and were taken back. */
  refused: z.array(Version),
  /** When each of them was taken back, where that is known. */
  refusedAtMs: z.record(z.string(), z.int()).catch({}).default({}),
})
type Memory = z.infer<typeof Memory>

/** What must not be lost, and what may. */
const Kept = z.object({
  rolloutId: Memory.shape.rolloutId.nullable().catch(null),
  channel: UpdateChannel.nullable().catch(null),
  // a later version may have known other channels
  seen: z.object({ latest: Seen.exactOptional(), beta: Seen.exactOptional() } satisfies Record<UpdateChannel, z.ZodType>),
  refused: Memory.shape.refused,
  refusedAtMs: Memory.shape.refusedAtMs,
})

export interface UpdateMemory {
  readonly rolloutId: string
  readonly channel: UpdateChannel
  seen(channel: UpdateChannel): SeenRelease | null
  isRefused(version: string): boolean
  /** Null: not known. */
  refusedAtMs(version: string): number | null
  /** Durable when it returns, as all of these. */
  see(statement: Statement): void
  refuse(version: string, nowMs: number): void
  /** It is tried once more. */
  forgive(version: string): void
  setChannel(channel: UpdateChannel): void
}

/**
 * Writes a damaged file anew where it has lost nothing that counts: its place in rollouts, a channel that this version does not know.
 * False: what was offered or taken back is not known any more.
 */
export function healMemory(path: string, installed: string): boolean {
  const { success, data } = Kept.safeParse(parsed(path))
  if (!success) return false
  const { rolloutId, channel, ...rest } = data
  writeJsonDurably(path, { rolloutId: rolloutId ?? randomUUID(), channel: channel ?? (prerelease(installed) === null ? 'latest' : 'beta'), ...rest } satisfies Memory)
  return true
}

/** It is there, and what counts of it cannot be read any more. */
export function isMemoryLost(path: string): boolean {
  try {
    readFileSync(path)
  } catch (error) {
    // who may not look cannot tell
    if (['ENOENT', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return false
  }
  return !Kept.safeParse(parsed(path)).success
}

function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}

/** A file that is damaged throws: without it, an older version could be passed off as new. */
export function loadMemory(path: string): UpdateMemory {
  let memory: Memory = readJson(path, Memory) ?? { rolloutId: randomUUID(), channel: 'latest', seen: {}, refused: [], refusedAtMs: {} }
  const change = (patch: Partial<Memory>): void => {
    const next = { ...memory, ...patch }
    if (JSON.stringify(next) !== JSON.stringify(memory)) writeJsonDurably(path, next)
    memory = next
  }
  return {
    get rolloutId() { return memory.rolloutId },
    get channel() { return memory.channel },
    seen: (channel) => memory.seen[channel] ?? null,
    isRefused: (version) => memory.refused.includes(version),
    refusedAtMs: (version) => memory.refusedAtMs[version] ?? null,
    see: (statement) => change({ seen: { ...memory.seen, [statement.channel]: nextSeen(memory.seen[statement.channel] ?? null, statement) } }),
    refuse(version, nowMs) {
      const refused = [...new Set([...memory.refused, version])].slice(-20)
      change({ refused, refusedAtMs: Object.fromEntries(Object.entries({ ...memory.refusedAtMs, [version]: nowMs }).filter(([each]) => refused.includes(each))) })
    },
    forgive: (version) => change({ refused: memory.refused.filter((each) => each !== version) }),
    setChannel: (channel) => change({ channel }),
  }
}
