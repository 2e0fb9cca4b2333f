import { isFinal } from '../../src/core/status.ts'
import type { Tasklet } from '../../src/core/tasklet.ts'
import { type Figure, none } from './fault.ts'
import { brokenLimits } from './limits.ts'
import type { WitnessLine } from './witness.ts'
import { dependencyOf, isMove, kindOf, MAX_ATTEMPTS, outputOf } from './work.ts'

type Line<What extends WitnessLine['what']> = Extract<WitnessLine, { readonly what: What }>

export interface Allowances {
  /** Several processes: one sends back, unstarted, what needs something that another one holds. */
  readonly mayBeSentBack?: boolean
  /** Leases may have ended while their processes lived, which no line of the witness can tell. */
  readonly leasesMayEnd?: boolean
}

/** Holds the records of a store against the witness, after all faults have stopped. */
export function checkInvariants(
  records: readonly Tasklet[],
  witness: readonly WitnessLine[],
  { mayBeSentBack = false, leasesMayEnd = false }: Allowances = {},
): readonly Figure[] {
  const limits = brokenLimits(witness)
  return [
    none('acknowledged and lost', lost(records, of(witness, 'acknowledged'))),
    none('stored twice', storedTwice(records)),
    none('settled twice', settledTwice(records, of(witness, 'settled'))),
    none('stuck', stuck(records)),
    none('attempts above the maximum', tooManyAttempts(records)),
    none(
      'redelivered without having run',
      wronglyRedelivered(records, witness, mayBeSentBack || leasesMayEnd),
    ),
    none('ran without a lease of their own', ranWithoutLease(records, witness)),
    ...(leasesMayEnd ? [] : [none('run again without having died', ranAgain(records, witness))]),
    none('started before its dependency', tooEarly(records, witness)),
    none('concurrency exceeded', limits.concurrency),
    none('resources exceeded', limits.resources),
    none('ran in a wrong state of the world', limits.world),
    none('effects that differ from the records', wrongEffects(records, witness)),
  ]
}

export function numberOf({ input }: Tasklet): number {
  return (input as { readonly n: number }).n
}

function of<What extends WitnessLine['what']>(
  witness: readonly WitnessLine[],
  what: What,
): readonly Line<What>[] {
  return witness.filter((line): line is Line<What> => line.what === what)
}

function lost(records: readonly Tasklet[], lines: readonly Line<'acknowledged'>[]): string[] {
  const numbers = new Map(records.map((record) => [record.id, numberOf(record)]))
  return lines
    .filter(({ id, n }) => numbers.get(id) !== n)
    .map(({ id, n }) => `work ${n} was acknowledged as ${id}`)
}

function storedTwice(records: readonly Tasklet[]): string[] {
  const seen = new Set<number>()
  return records
    .filter((record) => seen.size === seen.add(numberOf(record)).size)
    .map((record) => `work ${numberOf(record)} is stored again as ${record.id}`)
}

function settledTwice(records: readonly Tasklet[], lines: readonly Line<'settled'>[]): string[] {
  const statuses = new Map(records.map(({ id, status }) => [id, status]))
  const seen = new Set<string>()
  return lines
    .filter(({ id, status }) => seen.size === seen.add(id).size || statuses.get(id) !== status)
    .map(({ id, status }) => `${id} was settled as ${status}; it is ${statuses.get(id)}`)
}

function stuck(records: readonly Tasklet[]): string[] {
  return records
    .filter(({ status, lease }) => !isFinal(status) || lease !== undefined)
    .map(({ id, status }) => `${id} is still ${status}`)
}

function tooManyAttempts(records: readonly Tasklet[]): string[] {
  return records
    .filter(({ attempts, maxAttempts }) => attempts > Math.min(maxAttempts, MAX_ATTEMPTS))
    .map(({ id, attempts }) => `${id} was attempted ${attempts} times`)
}

/**
 * Each delivery ended in a failure, in the death of its process, or (the last) in success; or in the
 * end of its lease, or in none, where that may be: then there are more deliveries than these, never
 * fewer.
 */
function wronglyRedelivered(
  records: readonly Tasklet[],
  witness: readonly WitnessLine[],
  mayBeMore: boolean,
): string[] {
  const deaths = deathsById(of(witness, 'dead'))
  return records.flatMap(({ id, status, attempts, deliveries }) => {
    const died = deaths.get(id)?.size ?? 0
    const settled = attempts + (status === 'completed' ? 1 : 0)
    if (deliveries === died + settled) return []
    if (mayBeMore && deliveries > died + settled) return []
    return [`${id}: ${deliveries} deliveries, ${died} deaths, ${settled} outcomes`]
  })
}

/** Each run of a handler has a delivery of its own. */
function ranWithoutLease(records: readonly Tasklet[], witness: readonly WitnessLine[]): string[] {
  const runs = runsById(witness)
  return records
    .filter(({ id, deliveries }) => (runs.get(id) ?? 0) > deliveries)
    .map(({ id, deliveries }) => `${id}: ${runs.get(id)} runs, ${deliveries} deliveries`)
}

function runsById(witness: readonly WitnessLine[]): ReadonlyMap<string, number> {
  const runs = new Map<string, number>()
  for (const { id, kind } of of(witness, 'start')) {
    if (!isMove(kind)) runs.set(id, (runs.get(id) ?? 0) + 1)
  }
  return runs
}

/** Each run of a handler ended in an outcome, or in the death of its process. */
function ranAgain(records: readonly Tasklet[], witness: readonly WitnessLine[]): string[] {
  const deaths = deathsById(of(witness, 'dead'))
  const runs = runsById(witness)
  return records.flatMap(({ id, status, attempts }) => {
    const run = runs.get(id) ?? 0
    const died = deaths.get(id)?.size ?? 0
    const settled = attempts + (status === 'completed' ? 1 : 0)
    return run <= died + settled ? [] : [`${id}: ${run} runs, ${died} deaths, ${settled} outcomes`]
  })
}

/** A delivery dies once, although it can be found running again before anybody has rescued it. */
function deathsById(lines: readonly Line<'dead'>[]): ReadonlyMap<string, ReadonlySet<number>> {
  const deaths = new Map<string, Set<number>>()
  for (const { id, delivery } of lines.flatMap(({ running }) => running)) {
    deaths.set(id, (deaths.get(id) ?? new Set()).add(delivery))
  }
  return deaths
}

function tooEarly(records: readonly Tasklet[], witness: readonly WitnessLine[]): string[] {
  const numbers = new Map(records.map((record) => [record.id, numberOf(record)]))
  const done = new Set<number>()
  const early: string[] = []
  for (const line of witness) {
    const n = 'id' in line ? numbers.get(line.id) : undefined
    if (n === undefined) continue
    if (line.what === 'end' && !isMove(line.kind)) done.add(n)
    if (line.what !== 'start' || isMove(line.kind)) continue
    const before = dependencyOf(n)
    if (before !== undefined && !done.has(before)) early.push(`work ${n} started before ${before}`)
  }
  return early
}

function wrongEffects(records: readonly Tasklet[], witness: readonly WitnessLine[]): string[] {
  const outputs = new Map<string, number>()
  for (const { id, kind, output } of of(witness, 'end')) if (!isMove(kind)) outputs.set(id, output)
  return records.flatMap((record) => {
    const { id, status, output, error } = record
    const n = numberOf(record)
    const isPoison = record.task === 'poison'
    const shouldFail = isPoison || (record.task === 'broken' && kindOf(n) === 'broken')
    const asExpected = shouldFail
      ? status === 'failed' && !outputs.has(id) && (error?.kind === 'poison') === isPoison
      : status === 'completed' && output === outputOf(n) && outputs.get(id) === output
    return asExpected
      ? []
      : [`work ${n} (${record.task}) is ${status} with ${output}; ${error?.message}`]
  })
}
