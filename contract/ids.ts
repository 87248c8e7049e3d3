import * as z from 'zod'

/** A libp2p peer id of an Ed25519 key (base58, `12D3KooW…`): the key itself, so a signature needs nothing else. */
export const PeerId = z.string().regex(/^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/, 'not a peer id')
export type PeerId = z.infer<typeof PeerId>

/** Hash of the lease both sides signed: 160 bits in lower-case base32. */
export const LeaseId = z.string().regex(/^[a-z2-7]{32}$/, 'not a lease id')
export type LeaseId = z.infer<typeof LeaseId>

/** Hash of a channel record, written as a lease id is. */
export const ChannelId = z.string().regex(/^[a-z2-7]{32}$/, 'not a channel id')
export type ChannelId = z.infer<typeof ChannelId>

/** Names of deployments and of services: what DNS takes as a label, and compose's underscores. */
export const Name = z.string().regex(/^[a-z0-9]([a-z0-9_.-]{0,61}[a-z0-9])?$/, 'use lower-case letters, digits, - _ . and at most 63 of them')
export type Name = z.infer<typeof Name>

/** ISO 3166 country, optionally with a region: `TZ`, `BR-PE`. */
export const Region = z.string().regex(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/, 'use an ISO code such as TZ or BR-PE')
export type Region = z.infer<typeof Region>

/** What an owner calls a computer. It stands in offers, on other people's screens: one line, and nothing that cannot be seen. */
export const Label = z.string().trim().min(1, 'use at least one character').max(63, 'use at most 63 characters')
  .regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]*$/u, 'use only characters that can be seen, on one line')
export type Label = z.infer<typeof Label>

/** Ms since the Unix epoch. */
export const TimestampMs = z.int().min(0).max(8_640_000_000_000_000)
