import type { Dialect, Index } from './dialect.ts'

/**
 * Times are milliseconds since the epoch, from the caller's clock. Statuses are STATUS_CODES. What
 * is looked up or changed by itself has a column, everything else of a record stands as JSON in
 * `body` (set at the start, seldom changed) and `result`. Names of any length are looked up by their
 * hash.
 *
 * `lane` is the hash of plan, task and group. `place` is the order among equal priorities.
 * `dependents`: some record waits, or waited, for this one. `indexed`: its words are in `words`.
 */
function records(dialect: Dialect): readonly string[] {
  const { text, name, hash } = dialect.types
  return [
    table(
      dialect,
      'tasklets',
      `sequence bigint NOT NULL PRIMARY KEY, id ${name} NOT NULL, plan ${name} NOT NULL,
      task ${name} NOT NULL, queue ${name} NOT NULL, grp ${name} NOT NULL, lane ${hash} NOT NULL,
      status smallint NOT NULL, priority bigint NOT NULL, place double precision NOT NULL,
      attempts integer NOT NULL, max_attempts bigint NOT NULL, deliveries integer NOT NULL,
      lost integer NOT NULL, not_before double precision, expires_at double precision,
      owner ${name}, lease_until double precision, created_at double precision NOT NULL,
      updated_at double precision NOT NULL, started_at double precision,
      settled_at double precision, actual_duration double precision, idempotency ${hash},
      uniqueness ${hash}, cancel_requested ${text}, deadline ${text}, replayed smallint NOT NULL,
      dependents smallint NOT NULL, indexed smallint NOT NULL, body ${text} NOT NULL,
      result ${text}`,
    ),
  ]
}

/** Where indexes can be partial, what is settled weighs on few of them. */
const RECORD_INDEXES: readonly Omit<Index, 'table'>[] = [
  { name: 'tasklets_id', columns: ['id'], unique: true },
  {
    name: 'tasklets_ready',
    columns: ['queue', 'lane', 'priority', 'place'],
    where: 'status = 2',
    instead: ['status'],
  },
  {
    name: 'tasklets_waiting',
    columns: ['status', 'not_before'],
    where: 'status IN (0, 1, 4)',
  },
  {
    name: 'tasklets_expiries',
    columns: ['expires_at'],
    where: 'expires_at IS NOT NULL AND status IN (0, 1, 2, 4)',
  },
  {
    name: 'tasklets_leases',
    columns: ['lease_until'],
    where: 'status = 3',
    instead: ['status'],
  },
  {
    name: 'tasklets_losses',
    columns: ['lost'],
    where: 'lost > 0 AND status IN (2, 3)',
  },
  {
    name: 'tasklets_final',
    columns: ['status', 'settled_at'],
    where: 'status >= 5',
  },
  {
    name: 'tasklets_unindexed',
    columns: ['sequence'],
    where: 'indexed = 0',
    instead: ['indexed'],
  },
  {
    name: 'tasklets_idempotency',
    columns: ['idempotency'],
    unique: true,
    where: 'idempotency IS NOT NULL',
  },
  {
    name: 'tasklets_uniqueness',
    columns: ['uniqueness'],
    where: 'uniqueness IS NOT NULL',
  },
]

/** What is known of queues, and what claims keep. */
function queues(dialect: Dialect): readonly string[] {
  const { text, name, hash } = dialect.types
  return [
    table(
      dialect,
      'queues',
      `queue ${name} NOT NULL PRIMARY KEY, paused smallint NOT NULL, turn bigint NOT NULL DEFAULT 0`,
    ),
    table(
      dialect,
      'counters',
      `queue ${name} NOT NULL, status smallint NOT NULL, slot integer NOT NULL,
      amount bigint NOT NULL, PRIMARY KEY (queue, status, slot)`,
    ),
    table(
      dialect,
      'tallies',
      `minute bigint NOT NULL, queue ${name} NOT NULL, writer ${hash} NOT NULL,
      tally ${text} NOT NULL, PRIMARY KEY (minute, queue, writer)`,
    ),
    table(
      dialect,
      'turns',
      `queue ${name} NOT NULL, lane ${hash} NOT NULL, served bigint NOT NULL,
      PRIMARY KEY (queue, lane)`,
    ),
    table(
      dialect,
      'starts',
      `rate ${hash} NOT NULL, at double precision NOT NULL, amount bigint NOT NULL,
      PRIMARY KEY (rate, at)`,
    ),
    table(dialect, 'locks', `name ${name} NOT NULL PRIMARY KEY`),
  ]
}

/** What is kept beside the records. */
function beside(dialect: Dialect): readonly string[] {
  const { index, types } = dialect
  const { serial, text, name, hash } = types
  return [
    table(
      dialect,
      'dependencies',
      `dependency bigint NOT NULL, dependent bigint NOT NULL, PRIMARY KEY (dependency, dependent)`,
    ),
    index({ name: 'dependencies_dependent', table: 'dependencies', columns: ['dependent'] }),
    table(
      dialect,
      'words',
      `word ${name} NOT NULL, sequence bigint NOT NULL, PRIMARY KEY (word, sequence)`,
    ),
    index({ name: 'words_sequence', table: 'words', columns: ['sequence'] }),
    table(
      dialect,
      'steps',
      `id ${serial}, tasklet bigint NOT NULL, hash ${hash} NOT NULL, name ${text} NOT NULL,
      at double precision NOT NULL, output ${text}`,
    ),
    index({ name: 'steps_name', table: 'steps', columns: ['tasklet', 'hash'], unique: true }),
    table(
      dialect,
      'facts',
      `hash ${hash} NOT NULL PRIMARY KEY, kind ${name} NOT NULL, name ${text} NOT NULL,
      version bigint NOT NULL, value ${text}`,
    ),
    index({ name: 'facts_kind', table: 'facts', columns: ['kind'] }),
    table(
      dialect,
      'holds',
      `sequence bigint NOT NULL, pool ${hash} NOT NULL, token integer NOT NULL,
      units bigint NOT NULL, place integer NOT NULL, name ${text} NOT NULL, world ${text},
      PRIMARY KEY (sequence, pool)`,
    ),
    index({ name: 'holds_pool', table: 'holds', columns: ['pool'] }),
    table(
      dialect,
      'outbox',
      `entry ${serial}, kind ${name} NOT NULL, id ${name} NOT NULL, plan ${name} NOT NULL,
      task ${name} NOT NULL, queue ${name} NOT NULL, priority bigint NOT NULL,
      from_status smallint, to_status smallint NOT NULL, deliveries integer NOT NULL,
      at double precision NOT NULL, owner ${name}, taken_until double precision NOT NULL`,
    ),
    index({ name: 'outbox_kind', table: 'outbox', columns: ['kind', 'entry'] }),
  ]
}

function table({ tableOptions }: Dialect, title: string, columns: string): string {
  return `CREATE TABLE ${title} (${columns})${tableOptions}`
}

function recordIndexes(dialect: Dialect): readonly string[] {
  return RECORD_INDEXES.map((one) => dialect.index({ ...one, table: 'tasklets' }))
}

function first(dialect: Dialect): readonly string[] {
  const parts = [records, recordIndexes, queues, beside].flatMap((part) => part(dialect))
  return [...parts, ...dialect.ownTables]
}

/** The way from each version of the schema to the next. Only ever add to its end. */
export const MIGRATIONS: readonly ((dialect: Dialect) => readonly string[])[] = [first]

/** What `meta` says of a database in the newest schema. */
export const SCHEMA_VERSION = MIGRATIONS.length

/** The one table that stands before the first migration: (name, value). */
export function metaTable({ types, tableOptions }: Dialect): string {
  return `CREATE TABLE IF NOT EXISTS meta (name ${types.name} NOT NULL PRIMARY KEY, value ${types.text} NOT NULL)${tableOptions}`
}
