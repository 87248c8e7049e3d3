CREATE INDEX leases_by_state ON leases (role, state);
CREATE INDEX ledger_entries_by_lease ON ledger_entries (lease_id, kind);
CREATE INDEX replica_events_by_replica ON replica_events (deployment, idx);
CREATE TABLE abuse_verdicts (
  lease_id TEXT NOT NULL, at_ms INTEGER NOT NULL, level TEXT NOT NULL, reason TEXT,
  PRIMARY KEY (lease_id, at_ms)
) STRICT, WITHOUT ROWID;
CREATE TABLE activity (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  tone TEXT NOT NULL,
  params TEXT NOT NULL
) STRICT;
CREATE TABLE containment_proofs (engine TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE deployments (
  name TEXT PRIMARY KEY,
  created_at_ms INTEGER NOT NULL,
  removing INTEGER NOT NULL,
  app BLOB NOT NULL,
  placement TEXT NOT NULL,
  providers TEXT NOT NULL,
  warnings TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE egress_months (month TEXT PRIMARY KEY, bytes INTEGER NOT NULL, used_up INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE TABLE egress_pods (pod_id TEXT PRIMARY KEY, bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE flow_destinations (
  lease_id TEXT NOT NULL, address TEXT NOT NULL, port INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
  PRIMARY KEY (lease_id, address, port)
) STRICT, WITHOUT ROWID;
CREATE TABLE flow_hours (
  lease_id TEXT NOT NULL, start_ms INTEGER NOT NULL, counts TEXT NOT NULL,
  PRIMARY KEY (lease_id, start_ms)
) STRICT, WITHOUT ROWID;
CREATE TABLE image_blocklists (
  source TEXT PRIMARY KEY,
  publisher TEXT NOT NULL,
  body BLOB,
  signature BLOB,
  fetched_at_ms INTEGER,
  problem TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE image_pins (lease_id TEXT NOT NULL, config TEXT NOT NULL, PRIMARY KEY (lease_id, config)) STRICT, WITHOUT ROWID;
CREATE TABLE image_rules (subject TEXT PRIMARY KEY, action TEXT NOT NULL CHECK (action IN ('allow', 'deny'))) STRICT, WITHOUT ROWID;
CREATE TABLE images (
  config TEXT PRIMARY KEY,
  reference TEXT NOT NULL,
  variant TEXT NOT NULL,
  -- its name in the engine, when this node put it there
  held_as TEXT,
  origin TEXT NOT NULL CHECK (origin IN ('engine', 'registry', 'peers')),
  created_at_ms INTEGER NOT NULL,
  last_used_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE leases (
  lease_id TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('provider', 'tenant')),
  peer_id TEXT NOT NULL,
  request_id BLOB NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  since_ms INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER,
  body BLOB NOT NULL,
  tenant_signature BLOB NOT NULL,
  provider_signature BLOB,
  app BLOB NOT NULL,
  -- a node may be its own tenant: each role keeps its own row
  PRIMARY KEY (lease_id, role),
  UNIQUE (role, peer_id, request_id)
) STRICT;
CREATE TABLE ledger_channels (
  channel_id TEXT NOT NULL,
  role TEXT NOT NULL,
  peer_id TEXT NOT NULL,
  best_micro INTEGER NOT NULL,
  best_voucher_seq INTEGER,
  receipt_micro INTEGER NOT NULL,
  receipt_seq INTEGER,
  PRIMARY KEY (channel_id, role)
) STRICT, WITHOUT ROWID;
CREATE TABLE ledger_entries (
  seq INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('channel', 'statement', 'ack', 'voucher', 'receipt')),
  role TEXT NOT NULL CHECK (role IN ('provider', 'tenant')),
  channel_id TEXT NOT NULL,
  lease_id TEXT,
  body BLOB NOT NULL,
  signature BLOB NOT NULL,
  prev_hash BLOB NOT NULL,
  hash BLOB NOT NULL
) STRICT;
CREATE TABLE ledger_hours (
  role TEXT NOT NULL,
  lease_id TEXT NOT NULL,
  hour_ms INTEGER NOT NULL,
  micro INTEGER NOT NULL,
  PRIMARY KEY (role, hour_ms, lease_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE ledger_leases (
  lease_id TEXT NOT NULL,
  role TEXT NOT NULL,
  channel_id TEXT NOT NULL,
  statement_seq INTEGER NOT NULL,
  statement_hash BLOB NOT NULL,
  statement_entry INTEGER,
  ack_entry INTEGER,
  due_micro INTEGER NOT NULL,
  ack_due_micro INTEGER NOT NULL,
  run_ms INTEGER NOT NULL,
  suspended_ms INTEGER NOT NULL,
  egress_bytes INTEGER NOT NULL,
  final INTEGER NOT NULL,
  bucket_femto TEXT NOT NULL,
  bucket_at_ms INTEGER NOT NULL, credited_bytes INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (lease_id, role)
) STRICT, WITHOUT ROWID;
CREATE TABLE ledger_unpaid (lease_id TEXT PRIMARY KEY, unpaid_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE meters (
  lease_id TEXT NOT NULL,
  role TEXT NOT NULL,
  run_ms INTEGER NOT NULL,
  suspended_ms INTEGER NOT NULL,
  egress_bytes INTEGER NOT NULL,
  cpu_used_us INTEGER NOT NULL,
  phase TEXT NOT NULL CHECK (phase IN ('stopped', 'running', 'suspended')),
  run_key TEXT NOT NULL,
  boot_id TEXT NOT NULL,
  monotonic_ms INTEGER NOT NULL,
  PRIMARY KEY (lease_id, role)
) STRICT, WITHOUT ROWID;
CREATE TABLE network_records (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE replica_events (
  seq INTEGER PRIMARY KEY,
  deployment TEXT NOT NULL REFERENCES deployments (name) ON DELETE CASCADE,
  idx INTEGER NOT NULL,
  lease_id TEXT,
  event TEXT NOT NULL
) STRICT;
CREATE TABLE replicas (
  deployment TEXT NOT NULL REFERENCES deployments (name) ON DELETE CASCADE,
  idx INTEGER NOT NULL,
  lease_id TEXT,
  state TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  PRIMARY KEY (deployment, idx)
) STRICT, WITHOUT ROWID;
CREATE TABLE reservations (
  lease_id TEXT PRIMARY KEY,
  cpu_milli INTEGER NOT NULL CHECK (cpu_milli >= 0),
  memory_mib INTEGER NOT NULL CHECK (memory_mib >= 0),
  disk_mib INTEGER NOT NULL CHECK (disk_mib >= 0)
) STRICT, WITHOUT ROWID;
CREATE TABLE share_settings (id INTEGER PRIMARY KEY CHECK (id = 1), settings TEXT NOT NULL) STRICT;
CREATE TABLE sqlite_sequence(name,seq);
CREATE TABLE workloads (
  lease_id TEXT PRIMARY KEY,
  services TEXT NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_entries_no_update BEFORE UPDATE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
