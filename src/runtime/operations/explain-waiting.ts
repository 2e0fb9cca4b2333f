import { NEVER } from '../../core/duration.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { StoredWait } from '../waits/wait-record.ts'
import type { Reason } from './reason.ts'

/** It was started, gave its place back, and waits for events or a time before it goes on. */
export function isPassivated({ status, startedAt }: Tasklet): boolean {
  return status === 'scheduled' && startedAt !== undefined
}

/** What a passivated tasklet waits for; `waits` are those of its waits that are open. */
export function waitingReasons(
  { notBefore }: Tasklet,
  waits: readonly Pick<StoredWait, 'pattern' | 'where'>[],
): readonly Reason[] {
  const until = toTime(notBefore)
  if (waits.length === 0) return [{ code: 'waiting', message: 'sleeps', until }]
  return waits.map((wait) => ({
    code: 'waiting',
    message: `waits for ${describeWait(wait)}`,
    until,
  }))
}

export function describeWait({ pattern, where }: Pick<StoredWait, 'pattern' | 'where'>): string {
  return `event ${pattern}${where === undefined ? '' : ` where ${where}`}`
}

/** Undefined when what is waited for is no time. */
export function toTime(notBefore: number | undefined): number | undefined {
  return notBefore === undefined || notBefore >= NEVER ? undefined : notBefore
}
