import { classNames } from '../../core/class-names.ts'
import { FatalError, RetryLater, toErrorRecord } from '../../core/errors.ts'
import type { Scope } from '../expressions/expression.ts'
import type { Performance, StepStatus } from './program.ts'
import { StepTimeout } from './program.ts'
import type { Block, Place, Step, StepResult } from './tree.ts'
import { blocksAround, handlerBlock, innerSteps } from './tree.ts'

/** What the machine of a list of steps is started with; a task gives no more than the scope. */
export interface MachineInput {
  readonly scope: Scope
  /** Key of the item that the machine works on; undefined for the machine of a task. */
  readonly prefix?: string
  /** What steps around the machine came to. */
  readonly steps?: Readonly<Record<string, StepResult>>
  /** Something around the machine has failed. */
  readonly failed?: boolean
}

/** How far one step is. */
export interface Run {
  readonly verdict: 'run' | 'skip' | 'cancel' | 'fail'
  /** Blocks that were being stopped when the step began all the same, to clean up. */
  readonly immune: readonly string[]
  readonly input?: unknown
  /** Attempts that were begun. */
  readonly attempt: number
  readonly status?: StepStatus | undefined
  readonly output?: unknown
  readonly failure?: Failure | undefined
  readonly pool?: Pool | undefined
}

export interface Failure {
  /** What was thrown, itself. */
  readonly error: unknown
  /** Key of the step that threw it. */
  readonly step: string
}

/** What items came to, the last first: one more costs the same however many there are. */
export interface Outputs {
  readonly index: number
  readonly output: unknown
  readonly before: Outputs | undefined
}

/** The items of an `each`. */
export interface Pool {
  readonly items: readonly unknown[]
  /** How many items were begun. */
  readonly begun: number
  /** Indices of the items that are worked on, by the id of the actor that does. */
  readonly running: ReadonlyMap<string, number>
  readonly outputs: Outputs | undefined
  /** The first failure. */
  readonly failure: Failure | undefined
}

/** Where the machine of a list of steps stands. Never changed, only replaced. */
export interface Progress {
  readonly scope: Scope
  readonly prefix: string | undefined
  /** Something around the machine has failed. */
  readonly failed: boolean
  readonly steps: Readonly<Record<string, StepResult>>
  readonly runs: Readonly<Record<string, Run>>
  /** Blocks that a failure or a cancellation has stopped, by key. */
  readonly stops: Readonly<Record<string, Failure | 'cancelled'>>
  /** Keys of the blocks whose unfinished steps are to end. */
  readonly cancelled: readonly string[]
}

export function beginning({ scope, prefix, steps = {}, failed = false }: MachineInput): Progress {
  return { scope, prefix, failed, steps, runs: {}, stops: {}, cancelled: [] }
}

const UNDECIDED: Run = { verdict: 'skip', immune: [], attempt: 0 }

export function runOf({ runs }: Progress, { step }: Place): Run {
  return runs[step.key] ?? UNDECIDED
}

export function withRun(progress: Progress, place: Place, change: Partial<Run>): Progress {
  const run = { ...runOf(progress, place), ...change }
  return { ...progress, runs: { ...progress.runs, [place.step.key]: run } }
}

export function scopeOf({ scope, steps }: Progress): Scope {
  return { ...scope, steps }
}

/** The step's key within the whole run. */
export function keyOf({ prefix }: Progress, { step }: Place): string {
  if (prefix === undefined) return step.key
  return step.key === '' ? prefix : `${prefix}.${step.key}`
}

/** Begins a step, or passes it over. Nothing in it throws: what an expression throws fails the step. */
export function decide(progress: Progress, place: Place): Progress {
  const { step, block, owner } = place
  const inherited = owner === undefined ? [] : runOf(progress, owner).immune
  const asks = step.condition?.asksForOutcome === true
  const stopping = stoppedAround(progress, block, inherited)
  const stopped = stopping || (block.kind === 'sequence' && progress.stops[block.key] !== undefined)
  if (stopped && !asks) {
    return withRun(progress, place, { verdict: stopping ? 'cancel' : 'skip', immune: inherited })
  }
  const immune = asks ? progress.cancelled : inherited
  try {
    return withRun(progress, place, { immune, ...evaluate(progress, place) })
  } catch (error) {
    const failure = { error, step: keyOf(progress, place) }
    return withRun(progress, place, { immune, verdict: 'fail', failure })
  }
}

function evaluate(progress: Progress, { step, block }: Place): Partial<Run> {
  const scope = scopeOf(progress)
  const failed = hasFailed(progress, block)
  const condition = step.condition?.evaluate(scope, failed) ?? true
  if (typeof condition !== 'boolean') {
    throw new TypeError(`\`if\` is neither true nor false: ${JSON.stringify(condition)}`)
  }
  if (!condition) return { verdict: 'skip' }
  const { work } = step
  if (work.kind === 'action') {
    return { verdict: 'run', input: work.input?.evaluate(scope, failed) }
  }
  if (work.kind !== 'each') return { verdict: 'run' }
  const items = work.items.evaluate(scope, failed)
  if (!Array.isArray(items)) {
    throw new TypeError(`\`each\` is no list: ${JSON.stringify(items)}`)
  }
  const pool = { items, begun: 0, running: new Map(), outputs: undefined, failure: undefined }
  return { verdict: 'run', pool }
}

/** Whether anything before or around the block has failed. */
function hasFailed(progress: Progress, block: Block): boolean {
  const around = blocksAround(block)
  return progress.failed || around.some(({ key, handles }) => handles || progress.stops[key])
}

function stoppedAround({ cancelled }: Progress, block: Block, immune: readonly string[]): boolean {
  return blocksAround(block).some(({ key }) => cancelled.includes(key) && !immune.includes(key))
}

/** Whether the step is to end because something around it is being stopped. */
export function isCancelled(progress: Progress, place: Place): boolean {
  return stoppedAround(progress, place.block, runOf(progress, place).immune)
}

export function performanceOf(progress: Progress, place: Place): Performance {
  const { work } = place.step
  if (work.kind !== 'action') throw new TypeError(`"${place.step.key}" performs nothing`)
  const { input, attempt } = runOf(progress, place)
  const { action, timeout, once } = work
  const scope = scopeOf(progress)
  return { key: keyOf(progress, place), action, input, scope, attempt, timeout, once }
}

export function mayRetry(progress: Progress, place: Place, error: unknown): boolean {
  const { work } = place.step
  if (work.kind !== 'action' || runOf(progress, place).attempt >= work.retry.attempts) return false
  if (error instanceof FatalError || error instanceof RetryLater) return false
  return !classNames(error).some((name) => work.retry.except.includes(name))
}

export function hasTimedOut(progress: Progress, place: Place): boolean {
  const { work } = place.step
  return work.kind === 'action' && runOf(progress, place).failure?.error instanceof StepTimeout
}

/** A step has come to its end. */
export function settle(progress: Progress, place: Place, status: StepStatus): Progress {
  const { step, block } = place
  const settled = named(
    withRun(progress, place, { status }),
    step,
    resultOf(progress, place, status),
  )
  const passed = status === 'cancelled' ? status : 'skipped'
  const known = passOver(settled, step, passed)
  if (status === 'cancelled') return stop(known, block, 'cancelled')
  const { failure } = runOf(progress, place)
  if (status !== 'failed' && status !== 'timedOut') return known
  if (failure === undefined || isHandled(progress, place)) return known
  return stop(known, block, failure)
}

/** The steps that handle a failure can ask what it was. */
export function tellFailure(progress: Progress, place: Place): Progress {
  const status = hasTimedOut(progress, place) ? 'timedOut' : 'failed'
  return named(progress, place.step, resultOf(progress, place, status))
}

function isHandled({ stops }: Progress, place: Place): boolean {
  const { onError } = place.step
  if (typeof onError === 'string') return onError === 'continue'
  return stops[handlerBlock(place).key] === undefined
}

function stop(progress: Progress, block: Block, reason: Failure | 'cancelled'): Progress {
  const before = progress.stops[block.key]
  // The first failure is the one that is told, whatever was cancelled before it.
  if (before !== undefined && (before !== 'cancelled' || reason === 'cancelled')) return progress
  const stops = { ...progress.stops, [block.key]: reason }
  const cancels = block.failFast && reason !== 'cancelled'
  const cancelled = cancels ? [...progress.cancelled, block.key] : progress.cancelled
  return { ...progress, stops, cancelled }
}

function resultOf(progress: Progress, place: Place, status: StepStatus): StepResult {
  const { output, failure } = runOf(progress, place)
  if (status === 'completed') return { status, output: output ?? null }
  if (status !== 'failed' && status !== 'timedOut') return { status }
  const kind = status === 'timedOut' ? 'timeout' : 'error'
  const { message } = toErrorRecord('error', failure?.error)
  const error = { kind, message } as const
  // What items of an `each` came to is there although one of them failed.
  return { status, error, ...(output !== undefined && { output }) }
}

function named(progress: Progress, { id }: Step, result: StepResult): Progress {
  return id === undefined ? progress : { ...progress, steps: { ...progress.steps, [id]: result } }
}

/** Steps inside of one that was passed over are known to have been, too. */
function passOver(progress: Progress, step: Step, status: 'skipped' | 'cancelled'): Progress {
  const inside = [...innerSteps(step), ...(typeof step.onError === 'string' ? [] : step.onError)]
  return inside.reduce((result, each) => {
    const known = each.id !== undefined && result.steps[each.id] !== undefined
    return passOver(known ? result : named(result, each, { status }), each, status)
  }, progress)
}
