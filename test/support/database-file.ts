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

/** The schema of version 2, as files in the world have it. */
export const SECOND_SCHEMA = `
CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE tasks (
  id INTEGER PRIMARY KEY, plan TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (plan, name)
) STRICT;
CREATE TABLE payloads (id INTEGER PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE tasklets (
  sequence INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  task INTEGER NOT NULL,
  queue INTEGER NOT NULL,
  version INTEGER NOT NULL,
  status INTEGER NOT NULL,
  grp INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  rank REAL NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  max_attempts INTEGER NOT NULL,
  deliveries INTEGER NOT NULL DEFAULT 0,
  lost INTEGER NOT NULL DEFAULT 0,
  not_before REAL,
  expires_at REAL,
  owner INTEGER,
  lease_until REAL,
  created_at REAL NOT NULL,
  updated_at REAL NOT NULL,
  started_at REAL,
  settled_at REAL,
  actual_duration REAL,
  source INTEGER NOT NULL,
  idempotency_key TEXT,
  unique_key TEXT,
  cancel_requested TEXT,
  rare TEXT,
  input ANY,
  initial_context ANY,
  output ANY,
  error ANY,
  trail ANY,
  failures ANY
) STRICT;
CREATE INDEX ready ON tasklets (queue, task, grp, priority, rank) WHERE status = 2;
CREATE INDEX waiting ON tasklets (status) WHERE (status < 2 OR status = 4);
CREATE INDEX final ON tasklets (status, settled_at) WHERE status >= 5;
CREATE INDEX later ON tasklets (not_before) WHERE not_before IS NOT NULL;
CREATE INDEX expiries ON tasklets (expires_at)
  WHERE expires_at IS NOT NULL AND status < 5 AND status <> 3;
CREATE INDEX leases ON tasklets (lease_until) WHERE status = 3;
CREATE INDEX losses ON tasklets (lost, status) WHERE lost > 0 AND (status = 2 OR status = 3);
CREATE UNIQUE INDEX idempotency ON tasklets (task, idempotency_key)
  WHERE idempotency_key IS NOT NULL;
CREATE INDEX uniqueness ON tasklets (task, unique_key) WHERE unique_key IS NOT NULL;

CREATE TABLE dependencies (
  dependency INTEGER NOT NULL, dependent INTEGER NOT NULL, PRIMARY KEY (dependency, dependent)
) STRICT, WITHOUT ROWID;
CREATE INDEX dependents ON dependencies (dependent);
CREATE TABLE queues (
  queue INTEGER PRIMARY KEY, paused INTEGER NOT NULL DEFAULT 0,
  blocked INTEGER NOT NULL DEFAULT 0, scheduled INTEGER NOT NULL DEFAULT 0,
  pending INTEGER NOT NULL DEFAULT 0, running INTEGER NOT NULL DEFAULT 0,
  retrying INTEGER NOT NULL DEFAULT 0, completed INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0, cancelled INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE tallies (
  minute INTEGER NOT NULL, queue INTEGER NOT NULL, tally TEXT NOT NULL,
  PRIMARY KEY (minute, queue)
) STRICT, WITHOUT ROWID;
CREATE TABLE turns (
  queue INTEGER NOT NULL, task INTEGER NOT NULL, grp INTEGER NOT NULL, served INTEGER NOT NULL,
  PRIMARY KEY (queue, task, grp)
) STRICT, WITHOUT ROWID;
CREATE TABLE starts (
  key TEXT NOT NULL, at REAL NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (key, at)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE texts USING fts5(
  words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0'
);
CREATE TABLE indexing (through INTEGER NOT NULL) STRICT;
INSERT INTO indexing VALUES (0);
CREATE TABLE unindexed (sequence INTEGER PRIMARY KEY) STRICT;
`

/** The schema of version 3, as files in the world have it. */
export const THIRD_SCHEMA = `${SECOND_SCHEMA}
CREATE TABLE steps (
  id INTEGER PRIMARY KEY, tasklet INTEGER NOT NULL, name TEXT NOT NULL, at REAL NOT NULL,
  output TEXT, UNIQUE (tasklet, name)
) STRICT;
CREATE TABLE facts (
  kind TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, value TEXT,
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
`
