/**
 * Thrown by a run that has nothing left to do but wait: it gives its slot and its resources back, and
 * goes on in a later delivery of the same attempt.
 */
export class Passivation extends Error {
  override readonly name = 'Passivation'
  /** When it goes on at the latest; milliseconds since the epoch. */
  readonly notBefore: number

  constructor(notBefore: number) {
    super('the run waits for a time or an event')
    this.notBefore = notBefore
  }
}
