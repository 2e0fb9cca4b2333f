import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** The path of a database that does not exist yet; its folder goes when the test is over. */
export function newDatabaseFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'setpoint.db')
}

/** The schema of version 1, as files in the world have it. */
export const FIRST_SCHEMA = `
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
