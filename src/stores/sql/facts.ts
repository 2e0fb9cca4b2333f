import type { Fact } from '../../ports/store-messages.ts'
import { byKey, type FactWrite, noFact } from '../notes.ts'
import { hashOf } from './codes.ts'
import type { Dialect } from './dialect.ts'
import { parse } from './rows.ts'
import type { SqlRow, SqlSession } from './session.ts'

const ONE = 'SELECT kind, name, version, value FROM facts WHERE hash = ?'
const OF_KIND = 'SELECT kind, name, version, value FROM facts WHERE kind = ?'
const INSERT = 'INSERT INTO facts (hash, kind, name, version) VALUES (?, ?, ?, 0)'
const UPDATE = 'UPDATE facts SET version = ?, value = ? WHERE hash = ?'
const REMOVE = 'DELETE FROM facts WHERE hash = ?'

/** Facts by kind and key. A row of version 0 is none: it stands only while it is being written. */
export class Facts {
  readonly #insert: string

  constructor(dialect: Dialect) {
    this.#insert = dialect.upsert(INSERT, ['hash'], {})
  }

  async get(session: SqlSession, kind: string, key: string): Promise<Fact | undefined> {
    const [found] = await session.all(ONE, [toHash(kind, key)])
    return found && toFact(found)
  }

  async of(session: SqlSession, kind: string): Promise<readonly Fact[]> {
    return (await session.all(OF_KIND, [kind])).map(toFact).sort(byKey)
  }

  /** Inside a transaction only. */
  async write(
    session: SqlSession,
    { read, next }: FactWrite,
  ): Promise<{ readonly written: boolean; readonly fact: Fact }> {
    const { kind, key, version, value } = next
    const hash = toHash(kind, key)
    let present = await this.#lock(session, hash)
    if (present === undefined && read === 0 && version > 0) {
      // Whoever else inserts it now is waited for, and then seen.
      await session.run(this.#insert, [hash, kind, JSON.stringify(key)])
      present = await this.#lock(session, hash)
    }
    if ((present?.version ?? 0) !== read) {
      return { written: false, fact: present ?? noFact(next) }
    }
    if (version > 0) await session.run(UPDATE, [version, JSON.stringify(value), hash])
    else if (present !== undefined) await session.run(REMOVE, [hash])
    return { written: true, fact: next }
  }

  async #lock(session: SqlSession, hash: string): Promise<Fact | undefined> {
    const [found] = await session.all(`${ONE} FOR UPDATE`, [hash])
    return found && toFact(found)
  }
}

function toHash(kind: string, key: string): string {
  return hashOf(JSON.stringify([kind, key]))
}

function toFact(row: SqlRow): Fact {
  return {
    kind: String(row['kind']),
    // As JSON, because a text of the database cannot hold every character.
    key: String(parse(row['name'])),
    value: parse(row['value']),
    version: Number(row['version']),
  }
}
