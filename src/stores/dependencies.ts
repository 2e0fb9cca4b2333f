import { isFinal } from '../core/status.ts'
import type { Dependency, Tasklet } from '../core/tasklet.ts'
import { toFinal, toReleased } from './moves.ts'

/** What the settlement of records does to those that depend on them. */
export interface Dependents {
  get(id: string): Tasklet | undefined
  /** The blocked records that name it among their dependencies. */
  blockedBy(id: string): readonly Tasklet[]
  /** Keeps the record; from then on `get` gives it. */
  replace(previous: Tasklet, next: Tasklet): void
}

/**
 * Moves everything that depends on records that have just become final, and what depends on that,
 * and so on. Returns the records that changed, as they are now.
 */
export function settleDependents(
  settled: readonly Tasklet[],
  records: Dependents,
  now: number,
): Tasklet[] {
  const changed: Tasklet[] = []
  const ended = [...settled]
  for (let last = ended.pop(); last !== undefined; last = ended.pop()) {
    for (const dependent of records.blockedBy(last.id)) {
      const next = toUnblocked(dependent, (id) => records.get(id), now)
      if (next === dependent) continue
      records.replace(dependent, next)
      changed.push(next)
      if (isFinal(next.status)) ended.push(next)
    }
  }
  return changed
}

/**
 * What becomes of a blocked record: the very same while something it waits for is open, else
 * `pending`, `scheduled`, or the end that a failed dependency gives it. A dependency that is no
 * longer stored was settled: a failed one would have ended this record at that moment.
 */
export function toUnblocked(
  tasklet: Tasklet,
  get: (id: string) => Tasklet | undefined,
  now: number,
): Tasklet {
  const { dependencies, onDependencyFailure } = tasklet
  let isOpen = false
  // Backwards, because those submitted first are mostly settled first.
  for (let index = dependencies.length - 1; index >= 0; index -= 1) {
    const dependency = dependencies[index]
    const found = dependency && get(dependency.id)
    if (dependency === undefined || found === undefined || found.status === 'completed') continue
    if (!isFinal(found.status)) isOpen = true
    else if (onDependencyFailure !== 'run') return toRefused(tasklet, dependency, found, now)
  }
  return isOpen ? tasklet : toReleased(tasklet, now)
}

function toRefused(tasklet: Tasklet, { key, id }: Dependency, failed: Tasklet, now: number) {
  const message = `dependency "${key}" (${id}) ${failed.status === 'failed' ? 'failed' : 'was cancelled'}`
  const cause = failed.error
  return tasklet.onDependencyFailure === 'cancel'
    ? toFinal(tasklet, 'cancelled', { kind: 'cancelled', message, cause }, now)
    : toFinal(tasklet, 'failed', { kind: 'dependency', message, cause }, now)
}
