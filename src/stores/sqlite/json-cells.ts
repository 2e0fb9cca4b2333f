import type { SQLOutputValue } from 'node:sqlite'

/** NULL for undefined, else the JSON text. */
export function toCell(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value)
}

export function fromCell(cell: SQLOutputValue | undefined): unknown {
  return typeof cell === 'string' ? JSON.parse(cell) : undefined
}
