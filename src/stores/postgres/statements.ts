import type { SqlParameter } from '../sql/session.ts'

interface Statement {
  readonly text: string
  readonly name: string
  uses: number
}

/** The server keeps those that are used again; texts that are put together are not all kept. */
const PREPARED = 200
const USES = 2
const KNOWN = 2000

export interface Query {
  readonly text: string
  readonly values: SqlParameter[]
  readonly name?: string
}

/** The statements of this room in the form of PostgreSQL. */
export class Statements {
  readonly #known = new Map<string, Statement>()
  #prepared = 0
  #named = 0

  toQuery(sql: string, values: readonly SqlParameter[]): Query {
    let statement = this.#known.get(sql)
    if (statement === undefined) {
      if (this.#known.size >= KNOWN) this.#forgetUnprepared()
      statement = { text: toPostgres(sql), name: `setpoint_${this.#named}`, uses: 0 }
      this.#named += 1
      this.#known.set(sql, statement)
    }
    statement.uses += 1
    if (statement.uses === USES) this.#prepared += 1
    const isPrepared = statement.uses >= USES && this.#prepared <= PREPARED
    const query = { text: statement.text, values: values.map(withoutNul) }
    return isPrepared ? { ...query, name: statement.name } : query
  }

  #forgetUnprepared(): void {
    for (const [sql, { uses }] of this.#known) if (uses < USES) this.#known.delete(sql)
  }
}

/** `?` stands for nothing else in the statements of this room. */
function toPostgres(sql: string): string {
  let count = 0
  return sql.replace(/\?/g, () => {
    count += 1
    return `$${count}`
  })
}

/** A text there holds no NUL, so what has one is looked for in vain: under what no name has either. */
function withoutNul(value: SqlParameter): SqlParameter {
  return typeof value === 'string' && value.includes('\0')
    ? value.replaceAll('\0', '\uffff')
    : value
}
