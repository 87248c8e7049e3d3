import type { Migration } from '../types.ts'

export const unpaid: Migration = {
  version: 4,
  name: 'unpaid',
  sql: `
-- ledger: how long a guest has been frozen for want of payment
CREATE TABLE ledger_unpaid (lease_id TEXT PRIMARY KEY, unpaid_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`,
}
