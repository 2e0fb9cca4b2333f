import type { BodyOutput } from './output.ts'
import type { Failure, MachineInput, Pool, Progress } from './progress.ts'
import { isCancelled, keyOf, runOf, scopeOf, withRun } from './progress.ts'
import type { Place } from './tree.ts'
import { blocksAround } from './tree.ts'

/** An item that is begun now, by an actor of that id. */
export interface Item {
  readonly id: string
  readonly input: MachineInput
}

function poolOf(progress: Progress, place: Place): Pool {
  const { pool } = runOf(progress, place)
  if (pool === undefined) throw new TypeError(`"${place.step.key}" has no items`)
  return pool
}

/** Begins as many items as there is room for. */
export function fill(
  progress: Progress,
  place: Place,
): { readonly progress: Progress; readonly begun: readonly Item[] } {
  const { work } = place.step
  const pool = poolOf(progress, place)
  const room = work.kind === 'each' ? work.bound - pool.running.size : 0
  const left = isOver(progress, place, pool) ? 0 : pool.items.length - pool.begun
  const count = Math.max(0, Math.min(room, left))
  const indices = Array.from({ length: count }, (_, offset) => pool.begun + offset)
  const begun = indices.map((index) => itemAt(progress, place, pool, index))
  const running = new Map(pool.running)
  begun.forEach(({ id }, offset) => {
    running.set(id, pool.begun + offset)
  })
  const filled = { ...pool, begun: pool.begun + count, running }
  return { progress: withRun(progress, place, { pool: filled }), begun }
}

function itemAt(progress: Progress, place: Place, { items }: Pool, index: number): Item {
  const key = `${keyOf(progress, place)}[${index}]`
  const scope = { ...scopeOf(progress), item: items[index], index }
  const around = blocksAround(place.block)
  const failed = progress.failed || around.some(({ key }) => progress.stops[key] !== undefined)
  return { id: key, input: { scope, prefix: key, steps: progress.steps, failed } }
}

/** No more items are begun. */
function isOver(progress: Progress, place: Place, { failure }: Pool): boolean {
  const { work } = place.step
  const stopped = failure !== undefined && work.kind === 'each' && work.failFast
  return stopped || isCancelled(progress, place)
}

/** The items that are still worked on although nothing is to come of them. */
export function surplus(progress: Progress, place: Place): readonly string[] {
  const pool = poolOf(progress, place)
  return isOver(progress, place, pool) ? [...pool.running.keys()] : []
}

export function isItemOf(progress: Progress, place: Place, actor: string): boolean {
  return runOf(progress, place).pool?.running.has(actor) === true
}

/** An item has come to its end. */
export function take(
  progress: Progress,
  place: Place,
  actor: string,
  output: BodyOutput,
): Progress {
  const pool = poolOf(progress, place)
  const running = new Map(pool.running)
  const index = running.get(actor)
  running.delete(actor)
  const outputs =
    output.status === 'completed' && index !== undefined
      ? { index, output: output.output, before: pool.outputs }
      : pool.outputs
  const failure: Failure | undefined =
    output.status === 'failed' ? { error: output.error, step: output.step } : undefined
  const taken = { ...pool, running, outputs, failure: pool.failure ?? failure }
  return withRun(progress, place, { pool: taken })
}

export type PoolOutcome = 'completed' | 'failed' | 'cancelled'

/** What the items came to together; undefined while there is something left to do. */
export function outcomeOf(progress: Progress, place: Place): PoolOutcome | undefined {
  const pool = poolOf(progress, place)
  if (pool.running.size > 0) return undefined
  if (pool.begun < pool.items.length && !isOver(progress, place, pool)) return undefined
  if (isCancelled(progress, place)) return 'cancelled'
  return pool.failure === undefined ? 'completed' : 'failed'
}

/** Outputs in the order of the items; null for one that came to nothing. */
export function close(progress: Progress, place: Place): Progress {
  const { items, outputs, failure } = poolOf(progress, place)
  const output: unknown[] = items.map(() => null)
  for (let each = outputs; each !== undefined; each = each.before) {
    output[each.index] = each.output ?? null
  }
  return withRun(progress, place, { output, failure })
}
