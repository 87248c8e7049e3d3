/**
 * How the interface reaches the service. A browser uses a WebSocket, the desktop a message port: each is one `Transport`,
 * and everything above knows only the client that the contract describes.
 */
import type { ContractRouterClient } from '@orpc/contract'
import type { StoreApi } from 'zustand/vanilla'
import type { Api } from '../../contract/api.ts'

export type Client = ContractRouterClient<Api>

/** lost: it may come back. refused: the service does not know our token. */
export type LinkEnd = 'lost' | 'refused'

/** One connection to the service, from its opening to its end. */
export interface Link {
  readonly client: Client
  /** Settles once the service takes calls; never rejects, and never settles when it does not come to that. */
  readonly opened: Promise<void>
  /** Settles once, when the link has ended and calls on it fail. */
  readonly ended: Promise<LinkEnd>
  close(): void
}

export interface Transport {
  open(): Link
}

/**
 *     connecting ──opened──► open ──ended──► lost ──delay──► lost, trying … ──opened──► open
 *         │                                   ▲
 *         ├──ended───────────────────────────┘
 *         └──refused (from anywhere)──► refused
 *
 * `lastSeenMs`: the last time the service was known to be there; null when it never was.
 */
export type ConnectionState =
  | { kind: 'connecting' }
  | { kind: 'open'; client: Client }
  | { kind: 'lost'; lastSeenMs: number | null; trying: boolean }
  | { kind: 'refused' }

/** Keeps one link open for as long as it runs. */
export interface Connection {
  readonly state: StoreApi<ConnectionState>
  /** The client to call now. Throws E_NOT_RUNNING while the service is away. */
  client(): Client
  /** Does not wait for the next try. */
  retryNow(): void
  start(): void
  stop(): void
}
