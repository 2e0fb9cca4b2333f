import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { LeaseRef, StepRecord } from '../../ports/store-messages.ts'
import { fromCell, toCell } from './json-cells.ts'

const HELD = 'SELECT sequence FROM tasklets WHERE id = ? AND status = 3 AND deliveries = ?'

const OF_TASKLET = `SELECT steps.name, steps.at, steps.output FROM tasklets
  JOIN steps ON steps.tasklet = tasklets.sequence WHERE tasklets.id = ? ORDER BY steps.id`

/** The steps of tasklets. */
export class Steps {
  readonly #held: StatementSync
  readonly #keep: StatementSync
  readonly #ofTasklet: StatementSync

  constructor(db: DatabaseSync) {
    this.#held = db.prepare(HELD)
    this.#keep = db.prepare(
      'INSERT OR IGNORE INTO steps (tasklet, name, at, output) VALUES (?, ?, ?, ?)',
    )
    this.#ofTasklet = db.prepare(OF_TASKLET)
  }

  /** `step` has passed `toKeptStep`. Inside a transaction only. */
  record({ id, token }: LeaseRef, { name, at, output }: StepRecord): boolean {
    const held = this.#held.get(id, token)
    if (held === undefined) return false
    this.#keep.run(Number(held['sequence']), name, at, toCell(output))
    return true
  }

  of(id: string): readonly StepRecord[] {
    return this.#ofTasklet.all(id).map(({ name, at, output }) => ({
      name: String(name),
      output: fromCell(output),
      at: Number(at),
    }))
  }
}
