import type { StepRecord } from '../../ports/store-messages.ts'
import { type KeptEnding, keptOf } from './ledger.ts'
import type { StepReport } from './step-log.ts'

/** Begins the names under which the journal of a tasklet keeps what its steps did. */
export const STEPS_PREFIX = 'steps/'

/**
 * The steps of a tasklet of which its journal tells: those marked `once`, those that had ended when
 * it last put itself aside, and what a handler kept by `step`. Nothing is known of how long they took.
 */
export function toKeptSteps(journal: readonly StepRecord[]): readonly StepReport[] {
  const last = lastEra(journal)
  const reports = journal.flatMap(({ name, output, at }): readonly StepReport[] => {
    if (!name.startsWith(STEPS_PREFIX)) {
      return [{ key: name, status: 'completed', endedAt: at }]
    }
    const kept = keptOf(name.slice(STEPS_PREFIX.length), output)
    if (kept?.kind === 'once') return [{ key: kept.path, status: 'completed', endedAt: at }]
    if (kept?.kind !== 'endings' || kept.era !== last) return []
    return kept.endings.flatMap(([performance, ending]) => toReport(performance, ending) ?? [])
  })
  const tried = new Set(reports.flatMap(({ key, attempt }) => (attempt === undefined ? [] : key)))
  return reports.filter(({ key, attempt }) => attempt !== undefined || !tried.has(key))
}

/** Others belong to attempts that are over; a journal has them in their order. */
function lastEra(journal: readonly StepRecord[]): string | undefined {
  const eras = journal.flatMap(({ name, output }) => {
    const kept = keptOf(name.slice(STEPS_PREFIX.length), output)
    return kept?.kind === 'endings' ? [kept.era] : []
  })
  return eras.at(-1)
}

/** Undefined for a pause between two attempts, which is no step. */
function toReport(performance: string, ending: KeptEnding): StepReport | undefined {
  const attempt = /#(\d+)$/.exec(performance)?.[1]
  if (attempt === undefined) return undefined
  const key = performance.replaceAll(/#\d+(?=\/|$)/g, '')
  const message = 'failure' in ending ? ending.failure.message : undefined
  return { key, attempt: Number(attempt), status: ending.ended, message }
}
