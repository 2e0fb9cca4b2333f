import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'
import type { Fact } from '../../ports/store-messages.ts'
import { byKey, type FactWrite, noFact } from '../notes.ts'
import { fromCell, toCell } from './json-cells.ts'

/** Facts by kind and key. */
export class Facts {
  readonly #one: StatementSync
  readonly #ofKind: StatementSync
  readonly #write: StatementSync
  readonly #remove: StatementSync

  constructor(db: DatabaseSync) {
    this.#one = db.prepare('SELECT * FROM facts WHERE kind = ? AND key = ?')
    this.#ofKind = db.prepare('SELECT * FROM facts WHERE kind = ?')
    this.#write = db.prepare(
      'INSERT OR REPLACE INTO facts (kind, key, version, value) VALUES (?, ?, ?, ?)',
    )
    this.#remove = db.prepare('DELETE FROM facts WHERE kind = ? AND key = ?')
  }

  get(kind: string, key: string): Fact | undefined {
    const found = this.#one.get(kind, key)
    return found && toFact(found)
  }

  of(kind: string): readonly Fact[] {
    return this.#ofKind.all(kind).map(toFact).sort(byKey)
  }

  /** Inside a transaction only. */
  write({ read, next }: FactWrite): { readonly written: boolean; readonly fact: Fact } {
    const { kind, key, version, value } = next
    const present = this.get(kind, key) ?? noFact(next)
    if (present.version !== read) return { written: false, fact: present }
    if (version === 0) this.#remove.run(kind, key)
    else this.#write.run(kind, key, version, toCell(value))
    return { written: true, fact: next }
  }
}

function toFact({ kind, key, version, value }: Record<string, SQLOutputValue>): Fact {
  return {
    kind: String(kind),
    key: String(key),
    value: fromCell(value),
    version: Number(version),
  }
}
