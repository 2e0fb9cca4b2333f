import type { LeaseRef, StepRecord } from '../../ports/store-messages.ts'
import { hashOf } from './codes.ts'
import type { Dialect } from './dialect.ts'
import { parse } from './rows.ts'
import type { SqlSession } from './session.ts'

const HELD = 'tasklets.id = ? AND tasklets.status = 3 AND tasklets.deliveries = ?'

const OF_TASKLET = `SELECT steps.name, steps.at, steps.output FROM tasklets
  JOIN steps ON steps.tasklet = tasklets.sequence WHERE tasklets.id = ? ORDER BY steps.id`

/** The steps of tasklets. */
export class Steps {
  readonly #keep: string

  constructor(dialect: Dialect) {
    const given = dialect.given({ hash: 'hash', name: 'text', at: 'double', output: 'text' })
    this.#keep = dialect.upsert(
      `INSERT INTO steps (tasklet, hash, name, at, output)
      SELECT tasklets.sequence, given.hash, given.name, given.at, given.output
      FROM ${given} JOIN tasklets ON ${HELD}`,
      ['tasklet', 'hash'],
      {},
    )
  }

  /** `step` has passed `toKeptStep`. */
  async record(
    session: SqlSession,
    { id, token }: LeaseRef,
    { name, at, output }: StepRecord,
  ): Promise<boolean> {
    // As JSON, because a text of the database cannot hold every character.
    const text = JSON.stringify(name)
    const cells = { hash: hashOf(text), name: text, at, output: JSON.stringify(output) }
    if ((await session.run(this.#keep, [JSON.stringify([cells]), id, token])) > 0) return true
    const held = await session.all(`SELECT sequence FROM tasklets WHERE ${HELD}`, [id, token])
    return held.length > 0
  }

  async of(session: SqlSession, id: string): Promise<readonly StepRecord[]> {
    return (await session.all(OF_TASKLET, [id])).map(({ name, at, output }) => ({
      name: String(parse(name)),
      output: parse(output),
      at: Number(at),
    }))
  }
}
