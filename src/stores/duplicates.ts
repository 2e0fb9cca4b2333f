import { isFinal } from '../core/status.ts'
import type { Tasklet } from '../core/tasklet.ts'

/** Whether the record still takes its unique key. */
export function holdsKey({ unique, status }: Tasklet, now: number): boolean {
  if (unique === undefined) return false
  return unique.until === undefined ? !isFinal(status) : now < unique.until
}

/** What a submission comes to whose unique key is taken. */
export type Duplicate =
  | { readonly kind: 'returned' }
  /** The holder with what the submission brought. */
  | { readonly kind: 'replaced'; readonly holder: Tasklet }
  /** The submission, to be stored behind the holder. */
  | { readonly kind: 'follows'; readonly followUp: Tasklet }

/**
 * `holder` is the newest record that holds the key: of a first and its follow-up, the follow-up.
 * `given` has passed `toAdmitted`, so its values are copies.
 */
export function toDuplicate(holder: Tasklet, given: Tasklet): Duplicate {
  const wish = given.unique?.onDuplicate ?? 'return'
  if (wish === 'return' || isFinal(holder.status)) return { kind: 'returned' }
  if (!hasStarted(holder)) return { kind: 'replaced', holder: toReplaced(holder, given) }
  if (wish === 'replace') return { kind: 'returned' }
  return { kind: 'follows', followUp: toFollowUp(holder, given) }
}

function hasStarted({ status, startedAt }: Tasklet): boolean {
  return status === 'running' || status === 'retrying' || startedAt !== undefined
}

/** One whose time has come stays pending: it runs as soon as it can, with what is newest. */
function toReplaced(holder: Tasklet, given: Tasklet): Tasklet {
  const { input, initialContext, priority, notBefore, createdAt } = given
  const replaced = { ...holder, input, initialContext, priority }
  if (holder.status === 'pending') return replaced
  if (holder.status === 'scheduled' && notBefore === undefined) {
    return { ...replaced, status: 'pending', notBefore, updatedAt: createdAt }
  }
  return { ...replaced, notBefore, updatedAt: createdAt }
}

/** It waits for the holder's end, whatever that is. */
function toFollowUp(holder: Tasklet, given: Tasklet): Tasklet {
  return {
    ...given,
    status: 'blocked',
    dependencies: [...given.dependencies, { key: 'previous', id: holder.id }],
    onDependencyFailure: 'run',
  }
}
