import type { Migration } from '../types.ts'

/** What guests did on the internet, for when somebody complains: kept for 30 days. */
export const abuse: Migration = {
  version: 5,
  name: 'abuse',
  sql: `
-- abuse: when a guest was held back, let be again, or ended, and what for; the last line holds
CREATE TABLE abuse_verdicts (
  lease_id TEXT NOT NULL, at_ms INTEGER NOT NULL, level TEXT NOT NULL, reason TEXT,
  PRIMARY KEY (lease_id, at_ms)
) STRICT, WITHOUT ROWID;
-- abuse: packets and bytes by what the network rules count, for each hour
CREATE TABLE flow_hours (
  lease_id TEXT NOT NULL, start_ms INTEGER NOT NULL, counts TEXT NOT NULL,
  PRIMARY KEY (lease_id, start_ms)
) STRICT, WITHOUT ROWID;
-- abuse: where a guest turned to, the latest places of each lease
CREATE TABLE flow_destinations (
  lease_id TEXT NOT NULL, address TEXT NOT NULL, port INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
  PRIMARY KEY (lease_id, address, port)
) STRICT, WITHOUT ROWID;
`,
}
