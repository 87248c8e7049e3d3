import type { LedgerStore } from '../ledger/types.ts'

/** What would be lost with this node's key, in words: every lease has an account, and an account is of two keys. Null: nothing. */
export function hangsOn(ledger: Pick<LedgerStore, 'channels'>): string | null {
  const accounts = ledger.channels().length
  return accounts === 0 ? null : `${accounts} ${accounts === 1 ? 'account' : 'accounts'} of leases that were signed with its key`
}
