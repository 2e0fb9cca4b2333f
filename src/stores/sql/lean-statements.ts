import type { GivenColumns } from './dialect.ts'
import type { SqlParameter } from './session.ts'

type Cells = Readonly<Record<string, SqlParameter | undefined>>

/** Statements kept; what comes in ever new forms is written with all columns. */
const MOST = 24

/**
 * Forms of one statement, each for rows that fill only some of the columns: an engine looks for every
 * column in every given row, which is most of what a small row costs.
 */
export class LeanStatements {
  readonly #columns: GivenColumns
  readonly #toSql: (given: GivenColumns) => string
  readonly #whole: string
  readonly #texts = new Map<string, string>()

  constructor(columns: GivenColumns, toSql: (given: GivenColumns) => string) {
    this.#columns = columns
    this.#toSql = toSql
    this.#whole = toSql(columns)
  }

  /** The statement that takes all that one of the rows has. */
  for(rows: readonly Cells[]): string {
    if (rows.length === 0) return this.#whole
    const filled = Object.entries(this.#columns).filter(([name]) =>
      rows.some((row) => row[name] !== undefined && row[name] !== null),
    )
    const key = filled.map(([name]) => name).join()
    let text = this.#texts.get(key)
    if (text !== undefined) return text
    if (this.#texts.size >= MOST) return this.#whole
    text = this.#toSql(Object.fromEntries(filled))
    this.#texts.set(key, text)
    return text
  }
}

/** The expressions without columns that no row fills. */
export function withoutMissing(
  set: Readonly<Record<string, string>>,
  given: GivenColumns,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(set).map(([column, expression]) => [
      column,
      expression.replace(/\bgiven\.(\w+)/g, (text, name: string) =>
        Object.hasOwn(given, name) ? text : 'NULL',
      ),
    ]),
  )
}
