/** The type of a column of rows that are given as one JSON parameter. */
export type GivenType = 'bigint' | 'double' | 'text' | 'name' | 'hash'

/** The name of each column, which is also its name in the JSON objects, and its type. */
export type GivenColumns = Readonly<Record<string, GivenType>>

export interface Index {
  readonly name: string
  readonly table: string
  readonly columns: readonly string[]
  readonly unique?: boolean
  /** Holds for every row that is looked for through the index. */
  readonly where?: string
  /** What a full index begins with, where the engine has no partial ones: columns of `where`. */
  readonly instead?: readonly string[]
}

export interface Update {
  readonly table: string
  readonly given: GivenColumns
  /** Column → expression over `<table>.<column>` and `given.<column>`. */
  readonly set: Readonly<Record<string, string>>
  readonly where: string
}

/** What differs between the engines. Everything is text of statements, with `?` as placeholders. */
export interface Dialect {
  readonly name: 'postgres' | 'mysql'
  /** Of columns. Texts compare by their code points. */
  readonly types: {
    /** The declaration of a primary key that counts by itself. */
    readonly serial: string
    readonly text: string
    /** Up to 255 characters. */
    readonly name: string
    /** Up to 43 characters of ASCII. */
    readonly hash: string
  }
  /** What stands behind the columns of CREATE TABLE. */
  readonly tableOptions: string
  /** DDL that only this engine needs. */
  readonly ownTables: readonly string[]
  index(index: Index): string
  /** `given (…)` in a FROM clause: the rows of one JSON parameter, an array of objects. */
  given(columns: GivenColumns): string
  /** UPDATE with the rows of one JSON parameter. */
  update(update: Update): string
  /**
   * Adds to an INSERT what happens to a row whose key is taken: `set` (column → expression over
   * `<table>.<column>` and `incoming(column)`), or nothing when it is empty.
   */
  upsert(insert: string, key: readonly string[], set: Readonly<Record<string, string>>): string
  /** In the `set` of `upsert`: what the refused row has. */
  incoming(column: string): string
  /** Behind SELECT … : locks the rows found, passing over those that are locked. */
  readonly skipLocked: string
  /** Whether a subquery in FROM may use the tables before it. */
  readonly hasLateral: boolean
  /** Whether UPDATE can return rows. */
  readonly hasReturning: boolean
}
