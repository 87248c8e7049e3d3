/**
 * The service's own program beside this one, for the few commands that are not calls to a running service. It is loaded
 * when one of them runs, and known by this interface alone.
 */
import type { ContractRouterClient } from '@orpc/contract'
import type { Api } from '../contract/api.ts'
import { DepinError } from '../contract/errors.ts'
import type { PanicReport } from '../contract/nouns/panic.ts'
import type { UpdateOptions, UpdateStatus } from '../contract/nouns/updates.ts'
import type { ReadyEvent } from '../contract/nouns/serve.ts'

export interface ServiceBundle {
  /**
   * Runs a service until `signal` aborts, and resolves when it has stopped. Rejects with a `DepinError` when it cannot
   * start. `options` is a `ServeOptions`.
   */
  serve(options: unknown, hooks: { signal: AbortSignal, onReady: (event: ReadyEvent) => void }): Promise<void>
  /** *Stop everything*, with or without a running service. */
  panic(options: { dataDir: string }): Promise<PanicReport>
  /** Makes a data directory, on which no service runs, that of the identity that the words are of. */
  restore(options: { dataDir: string, words: string, newIdentity: boolean }): Promise<{ peerId: string, outcome: 'restored' | 'same' }>
  /** `options` is an `UpdateOptions`. Resolves with how it ended, rejects with why it did not come about. */
  update(options: UpdateOptions, hooks: { signal: AbortSignal, onStatus: (status: UpdateStatus) => void }): Promise<UpdateStatus>
  /** The procedures that need no running service. */
  offlineClient(options: { dataDir: string, hasTerminal: boolean }): OfflineClient
}

export type OfflineClient = Pick<ContractRouterClient<Api>, 'manifests' | 'doctor' | 'engine'>

export async function loadServiceBundle(): Promise<ServiceBundle> {
  // built: dist/cli/depin.mjs and dist/service/entry.mjs; in a checkout, Node runs the sources as they are
  const url = new URL(import.meta.url.endsWith('.ts') ? '../service/entry.ts' : '../service/entry.mjs', import.meta.url)
  try {
    return await import(url.href) as ServiceBundle
  } catch (cause) {
    throw new DepinError('E_NOT_FOUND', `The service's program cannot be loaded from ${url.pathname}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      next: 'Install Depin again; in a checkout, run: npm run build', cause,
    })
  }
}
