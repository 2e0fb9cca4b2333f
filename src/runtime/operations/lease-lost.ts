import { SetpointError } from '../../core/errors.ts'

/** A lease that was to be used has ended: nothing was changed, and the work may be with others. */
export class LeaseLostError extends SetpointError {
  readonly taskletId: string
  /** Who holds the tasklet now, if anyone. */
  readonly holder: string | undefined

  constructor(taskletId: string, holder: string | undefined) {
    super('lease_lost', `the lease of tasklet ${taskletId} has ended${heldBy(holder)}`)
    this.taskletId = taskletId
    this.holder = holder
  }
}

function heldBy(holder: string | undefined): string {
  return holder === undefined ? '' : `: ${holder} holds it now`
}
