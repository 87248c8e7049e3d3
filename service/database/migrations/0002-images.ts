import type { Migration } from '../types.ts'

export const images: Migration = {
  version: 2,
  name: 'images',
  sql: `
-- images: what this node brought or gives, by the digest of its configuration; variant is JSON
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
CREATE TABLE image_pins (lease_id TEXT NOT NULL, config TEXT NOT NULL, PRIMARY KEY (lease_id, config)) STRICT, WITHOUT ROWID;

-- images: the owner's rules, and the lists they follow as they were signed
CREATE TABLE image_rules (subject TEXT PRIMARY KEY, action TEXT NOT NULL CHECK (action IN ('allow', 'deny'))) STRICT, WITHOUT ROWID;
CREATE TABLE image_blocklists (
  source TEXT PRIMARY KEY,
  publisher TEXT NOT NULL,
  body BLOB,
  signature BLOB,
  fetched_at_ms INTEGER,
  problem TEXT
) STRICT, WITHOUT ROWID;
`,
}
