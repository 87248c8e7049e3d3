import type { Migration } from '../types.ts'

/** What guests did on the owner's internet connection, and which engines keep them from his network. */
export const egress: Migration = {
  version: 3,
  name: 'egress',
  sql: `
-- workloads: bytes in and out of all guests by calendar month, and how far the counters of each pod were read
CREATE TABLE egress_months (month TEXT PRIMARY KEY, bytes INTEGER NOT NULL, used_up INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE TABLE egress_pods (pod_id TEXT PRIMARY KEY, bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- workloads: engines that an attack from inside has shown to keep guests where they are
CREATE TABLE containment_proofs (engine TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`,
}
