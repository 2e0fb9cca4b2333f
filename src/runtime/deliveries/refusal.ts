import type { ErrorRecord } from '../../core/errors.ts'

/** Thrown where work finds that it cannot be done, whoever tries: it ends its tasklet as it says. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly record: ErrorRecord

  constructor(record: ErrorRecord) {
    super(record.message)
    this.record = record
  }
}
