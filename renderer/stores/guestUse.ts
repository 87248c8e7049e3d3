/** What one guest uses, for as long as a screen shows it. */
import { type GuestSample, guestUseKeptMs } from '../../contract/nouns/guest.ts'
import { createFeed } from './feed.ts'
import type { Feed, FeedNeeds, FeedState } from './feed.ts'

export type GuestUse = readonly GuestSample[]

export function createGuestUse(needs: FeedNeeds, leaseId: string, initial?: FeedState<GuestUse>): Feed<GuestUse> {
  return createFeed(needs, {
    open: (client, signal) => client.guests.watchUse({ leaseId }, { signal }),
    reduce: (before: GuestUse | null, { samples }: { samples: readonly GuestSample[] }) => mergeSamples(before ?? [], samples),
    ...initial !== undefined && { initial },
  })
}

/** The last hour of both. A stream that was opened again begins with what is known already. */
export function mergeSamples(before: GuestUse, samples: GuestUse): GuestUse {
  const [first] = samples
  const last = samples.at(-1)
  if (first === undefined || last === undefined) return before
  return [...before.filter(({ atMs }) => atMs < first.atMs), ...samples].filter(({ atMs }) => atMs > last.atMs - guestUseKeptMs)
}
