import { InputError } from '../core/errors.ts'

/** The place after the record with this sequence, as text that says nothing about it. */
export function toCursor(sequence: number): string {
  return Buffer.from(String(sequence)).toString('base64url')
}

/** @throws {InputError} when the text was not made by `toCursor`. */
export function fromCursor(cursor: string): number {
  const sequence = Number(Buffer.from(cursor, 'base64url').toString('latin1'))
  if (Number.isSafeInteger(sequence) && sequence > 0 && toCursor(sequence) === cursor)
    return sequence
  throw new InputError('the cursor is not one that a listing gave: start again without it')
}

/** @throws {InputError} unless it is an integer ≥ 1. */
export function requireLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1) return
  throw new InputError(`"${limit}" is not a limit: use an integer of at least 1`)
}
