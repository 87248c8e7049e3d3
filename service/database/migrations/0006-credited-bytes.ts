import type { Migration } from '../types.ts'

export const creditedBytes: Migration = {
  version: 6,
  name: 'credited-bytes',
  sql: `
-- ledger: how many of the bytes that a host stated have filled a renter's bucket; until now what was stated counted as that
ALTER TABLE ledger_leases ADD COLUMN credited_bytes INTEGER NOT NULL DEFAULT 0;
UPDATE ledger_leases SET credited_bytes = egress_bytes WHERE role = 'tenant';
`,
}
