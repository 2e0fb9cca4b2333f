import type { Schedule } from '../../plan/model.ts'
import type { SubmitOptions } from '../intake/submission.ts'
import { markOf } from './names.ts'
import type { ScheduleServices } from './services.ts'

const UNSETTLED = ['blocked', 'scheduled', 'pending', 'running', 'retrying'] as const
/** More are not waited for one by one: those wait for one another. */
const MOST = 100

export type Overlap = Schedule['overlap']

export type OverlapAnswer =
  | { readonly fires: true; readonly options: SubmitOptions }
  /** Ids of what is not settled yet. */
  | { readonly fires: false; readonly waitsFor: readonly string[] }

/** What the overlap rule says about an instant or an event, by its time and its key. */
export async function askOverlap(
  schedule: Schedule,
  rule: Overlap,
  occasion: { readonly at: number; readonly key: string | undefined },
  services: Pick<ScheduleServices, 'store' | 'cancel'>,
): Promise<OverlapAnswer> {
  if (rule === 'allow') return { fires: true, options: {} }
  const { ids, cursor } = await findEarlier(schedule, occasion, services)
  if (ids.length === 0) return { fires: true, options: {} }
  if (rule === 'skip') return { fires: false, waitsFor: ids }
  if (rule === 'replace') {
    const cancelAll = (some: readonly string[]) => {
      const reason = `replaced by a later run of ${markOf(schedule)}`
      return Promise.all(some.map((id) => services.cancel(id, reason)))
    }
    await cancelAll(ids)
    for (let next = cursor; next !== undefined; ) {
      const page = await findEarlier(schedule, occasion, services, next)
      await cancelAll(page.ids)
      next = page.cursor
    }
  }
  return { fires: true, options: { dependsOn: ids, onDependencyFailure: 'run' } }
}

/** A page of them. Another process may have fired the same instant already: that is none of them. */
async function findEarlier(
  schedule: Schedule,
  { at, key }: { readonly at: number; readonly key: string | undefined },
  { store }: Pick<ScheduleServices, 'store'>,
  from?: string,
): Promise<{ readonly ids: readonly string[]; readonly cursor: string | undefined }> {
  const { items, cursor } = await store.list({
    plan: schedule.plan,
    tag: markOf(schedule),
    status: UNSETTLED,
    limit: MOST,
    cursor: from,
  })
  const earlier = items.filter(
    ({ idempotencyKey, event, createdAt }) =>
      (key === undefined || idempotencyKey !== key) && (event?.at ?? createdAt) <= at,
  )
  return { ids: earlier.map(({ id }) => id), cursor }
}
