import type { Activity } from '../../contract/nouns/node.ts'

/** As many lines of Activity as this page keeps. */
export const activityKept = 50

/** Newest first, each once: after a lost connection the stream repeats what is known already. */
export function mergeActivity(before: readonly Activity[] | null, batch: readonly Activity[]): readonly Activity[] {
  const bySeq = new Map<number, Activity>()
  for (const line of before ?? []) bySeq.set(line.seq, line)
  for (const line of batch) bySeq.set(line.seq, line)
  return [...bySeq.values()].sort((one, other) => other.seq - one.seq).slice(0, activityKept)
}
