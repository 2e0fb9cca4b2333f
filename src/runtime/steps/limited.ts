import { formatDuration } from '../../core/duration.ts'
import { StepTimeout } from '../../plan/steps/program.ts'
import { type Bounds, runBounded } from '../bounded.ts'

/**
 * Runs a performance within its time limit; rejects with StepTimeout when that is what ended it.
 * `whole`: the limit as it was set, where the bounds hold what is left of it.
 */
export async function runLimited<T>(
  path: string,
  bounds: Bounds,
  work: (signal: AbortSignal) => Promise<T>,
  whole: number | undefined = bounds.limit,
): Promise<T> {
  let inner: AbortSignal | undefined
  try {
    return await runBounded(bounds, (signal) => {
      inner = signal
      return work(signal)
    })
  } catch (error) {
    // Errors look alike, also those of a handler's own time limits; the signals do not.
    const isLate = inner?.aborted === true && !bounds.signal.aborted
    if (isLate) throw tooLate(path, whole ?? 0)
    throw error
  }
}

export function tooLate(path: string, limit: number): StepTimeout {
  return new StepTimeout(`step ${path} took longer than its timeout of ${formatDuration(limit)}`)
}
