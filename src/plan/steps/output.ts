import { SetpointError } from '../../core/errors.ts'
import type { Template } from '../expressions/expression.ts'
import type { StepsOutput } from './program.ts'
import type { Failure, Progress } from './progress.ts'
import { scopeOf, withRun } from './progress.ts'
import type { Place, Step } from './tree.ts'
import { innerBlock, ROOT_BLOCK } from './tree.ts'

/** What the machine of one item comes to: it may also be cancelled by what is around it. */
export type BodyOutput = StepsOutput | { readonly status: 'cancelled' }

/** Of a list the last output counts; of steps side by side, all of them in order. */
export function gather(progress: Progress, place: Place): Progress {
  const { work } = place.step
  if (work.kind === 'sequence') {
    return withRun(progress, place, { output: lastOutput(progress, work.steps) })
  }
  if (work.kind !== 'parallel') return progress
  const output = work.branches.map((branch) => outputOf(progress, branch))
  return withRun(progress, place, { output })
}

/** A step that holds others fails by the first failure among them. */
export function takeOver(progress: Progress, place: Place): Progress {
  const stop = progress.stops[innerBlock(place).key]
  return typeof stop === 'object' ? withRun(progress, place, { failure: stop }) : progress
}

/** Why the steps inside were stopped, if they were. */
export function stopInside(progress: Progress, place: Place): 'failed' | 'cancelled' | undefined {
  const stop = progress.stops[innerBlock(place).key]
  return typeof stop === 'object' ? 'failed' : stop
}

function outputOf({ runs }: Progress, { key }: Step): unknown {
  const run = runs[key]
  return run?.status === 'completed' ? (run.output ?? null) : null
}

function lastOutput(progress: Progress, steps: readonly Step[]): unknown {
  const last = steps.at(-1)
  return last === undefined ? null : outputOf(progress, last)
}

/** What the machine of a whole list comes to. */
export function conclude(
  progress: Progress,
  steps: readonly Step[],
  template: Template | undefined,
): BodyOutput {
  const stop = progress.stops[ROOT_BLOCK.key]
  if (stop === 'cancelled' || (stop === undefined && progress.cancelled.includes(ROOT_BLOCK.key))) {
    return cancelled(progress)
  }
  if (stop !== undefined) return failed(stop)
  if (template === undefined) {
    return { status: 'completed', output: lastOutput(progress, steps) }
  }
  try {
    return { status: 'completed', output: template.evaluate(scopeOf(progress)) }
  } catch (error) {
    return failed({ error, step: 'output' })
  }
}

function failed({ error, step }: Failure): BodyOutput {
  return { status: 'failed', error, step }
}

/** Nobody but whoever cancelled a task asks what its steps came to. */
function cancelled({ prefix }: Progress): BodyOutput {
  if (prefix !== undefined) return { status: 'cancelled' }
  const error = new SetpointError('cancelled', 'the steps were cancelled')
  return { status: 'failed', error, step: '' }
}
