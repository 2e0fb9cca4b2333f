import type { SqlParameter } from './session.ts'

export interface List {
  /** In brackets, for behind IN. */
  readonly sql: string
  readonly values: readonly SqlParameter[]
}

/**
 * Values behind IN where a deletion must find its rows by index on every engine. Filled up to a
 * power of two with its last value, so that there are few texts of statements.
 */
export function toList(values: readonly (string | number)[]): List {
  const last = values.at(-1)
  if (last === undefined) return { sql: '(NULL)', values: [] }
  const length = 2 ** Math.ceil(Math.log2(values.length))
  const all = Array.from({ length }, (_, index) => values[index] ?? last)
  return { sql: `(${all.map(() => '?').join(', ')})`, values: all }
}

/** Values in parts that one statement takes. */
export function* inParts<T>(values: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < values.length; start += size) yield values.slice(start, start + size)
}

/** Characters of the rows of one statement, which in bytes are far below what servers take. */
const PORTION = 2_000_000

/** Rows in parts of which none is too large for one statement, unless a row is so alone. */
export function inPortions<T extends object>(rows: readonly T[]): readonly (readonly T[])[] {
  const portions: T[][] = []
  let portion: T[] = []
  let size = 0
  for (const row of rows) {
    const own = sizeOf(row)
    if (portion.length > 0 && size + own > PORTION) {
      portions.push(portion)
      portion = []
      size = 0
    }
    portion.push(row)
    size += own
  }
  if (portion.length > 0) portions.push(portion)
  return portions
}

function sizeOf(row: object): number {
  let size = 0
  for (const cell of Object.values(row)) if (typeof cell === 'string') size += cell.length
  return size
}
