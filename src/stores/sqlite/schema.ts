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

/**
 * The durable queue. `rare` is a JSON object of the fields that few records have, because every
 * column is read with each row; a group of 0 is none. Dependents and dependencies are sequences.
 * A row that grows moves to another place in its page, or out of it: so new ones are written with
 * room for what a claim and a settlement add. A negative time is such room and stands for none, and
 * `owner` and `lease_until` mean something only while the status is 3. Foreign keys would be looked
 * up for every row; nothing ever deletes a name or a task.
 */
const SECOND = `
DROP INDEX ready; DROP INDEX later; DROP INDEX leases; DROP INDEX failures; DROP INDEX idempotency;
ALTER TABLE tasklets RENAME TO tasklets_1;
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
INSERT INTO tasklets SELECT sequence, id, task, queue, version, status, 0, priority, sequence,
  attempts, max_attempts, deliveries, lost, not_before, NULL, owner, lease_until, created_at,
  updated_at, started_at, settled_at, actual_duration, source, idempotency_key, NULL,
  cancel_requested,
  nullif(json_patch('{}', json_object('timeout', timeout, 'estimatedDuration', estimated_duration,
    'parentId', parent_id, 'traceId', trace_id, 'requires', json(requires), 'tags', json(tags))),
    '{}'),
  input, initial_context, output, error, trail, NULL FROM tasklets_1;
DROP TABLE tasklets_1;
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
INSERT INTO queues SELECT queue, 0, sum(status = 0), sum(status = 1), sum(status = 2),
  sum(status = 3), sum(status = 4), sum(status = 5), sum(status = 6), sum(status = 7)
  FROM tasklets GROUP BY queue;
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

/**
 * What is kept beside the records. A step's number grows with every one that is kept, and its
 * tasklet is the sequence; the deadline of a record that has one stands among its rare fields.
 */
const THIRD = `
CREATE TABLE steps (
  id INTEGER PRIMARY KEY, tasklet INTEGER NOT NULL, name TEXT NOT NULL, at REAL NOT NULL,
  output TEXT, UNIQUE (tasklet, name)
) STRICT;
CREATE TABLE facts (
  kind TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, value TEXT,
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
`

/**
 * What work on more than one machine needs. A hold stands while its tasklet (a sequence) runs under
 * its token. The number of an entry is never used twice, because others know the entry by it.
 */
const FOURTH = `
CREATE TABLE holds (
  tasklet INTEGER PRIMARY KEY, token INTEGER NOT NULL, units TEXT NOT NULL, world TEXT
) STRICT;
CREATE TABLE outbox (
  entry INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, id TEXT NOT NULL,
  plan TEXT NOT NULL, task TEXT NOT NULL, queue TEXT NOT NULL, priority INTEGER NOT NULL,
  from_status INTEGER, to_status INTEGER NOT NULL, deliveries INTEGER NOT NULL, at REAL NOT NULL,
  taken_by TEXT, taken_until REAL
) STRICT;
CREATE INDEX untold ON outbox (kind, entry);
`

/** The way from each version of the schema to the next. Only ever add to its end. */
const MIGRATIONS: readonly string[] = [FIRST, SECOND, THIRD, FOURTH]

/** What `PRAGMA user_version` says of a database in the newest schema. */
export const SCHEMA_VERSION = MIGRATIONS.length

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
