import type { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../../core/errors.ts'

/**
 * What counts is pages: names that repeat stand in tables of their own, statuses are small numbers,
 * and a value is NULL for undefined, its JSON text, or (long) the number of its row in `payloads`.
 * Every index but the identities is partial, so settled records weigh on none of them.
 */
const FIRST = `
CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE tasks (
  id INTEGER PRIMARY KEY, plan TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (plan, name)
) STRICT;
CREATE TABLE payloads (id INTEGER PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE tasklets (
  sequence INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  task INTEGER NOT NULL REFERENCES tasks,
  queue INTEGER NOT NULL REFERENCES names,
  version INTEGER NOT NULL REFERENCES names,
  priority INTEGER NOT NULL,
  status INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  max_attempts INTEGER NOT NULL,
  deliveries INTEGER NOT NULL,
  lost INTEGER NOT NULL DEFAULT 0,
  not_before REAL,
  owner INTEGER REFERENCES names,
  lease_until REAL,
  created_at REAL NOT NULL,
  updated_at REAL NOT NULL,
  started_at REAL,
  settled_at REAL,
  timeout REAL,
  estimated_duration REAL,
  actual_duration REAL,
  source INTEGER NOT NULL,
  idempotency_key TEXT,
  parent_id TEXT,
  trace_id TEXT,
  cancel_requested TEXT,
  requires TEXT,
  tags TEXT,
  input ANY,
  initial_context ANY,
  output ANY,
  error ANY,
  trail ANY
) STRICT;
CREATE INDEX ready ON tasklets (queue, task, priority, sequence) WHERE status = 2;
CREATE INDEX later ON tasklets (not_before) WHERE not_before IS NOT NULL;
CREATE INDEX leases ON tasklets (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX failures ON tasklets (status) WHERE status = 6;
CREATE UNIQUE INDEX idempotency ON tasklets (task, idempotency_key)
  WHERE idempotency_key IS NOT NULL;
`

/** The way from each version of the schema to the next. Only ever add to its end. */
const MIGRATIONS: readonly string[] = [FIRST]

/**
 * Brings the database to the newest schema, in one transaction.
 * @throws {StoreError} `store_open` when a newer Setpoint has written the file.
 */
export function migrate(db: DatabaseSync, file: string): void {
  if (versionOf(db, file) === MIGRATIONS.length) return
  db.exec('BEGIN IMMEDIATE')
  // Read again under the lock: another process may have migrated meanwhile.
  for (const migration of MIGRATIONS.slice(versionOf(db, file))) db.exec(migration)
  db.exec(`PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`)
}

function versionOf(db: DatabaseSync, file: string): number {
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version)
  if (version <= MIGRATIONS.length) return version
  throw new StoreError(
    'open',
    `${file} was written by a newer Setpoint (schema ${version}, this one knows up to ${MIGRATIONS.length}): upgrade Setpoint or use another file`,
  )
}
