import type { TriggeringEvent } from '../../core/tasklet.ts'
import type { Interrupt } from '../../plan/model.ts'
import { type InterruptServices, markOf } from './services.ts'

const WAITING_OR_RUNNING = ['blocked', 'scheduled', 'pending', 'running', 'retrying'] as const
/** A handler and a way back: a rule never has more. */
const MOST = 10

export interface Unfinished {
  /** Id of the tasklet that answers; undefined: no interrupt of the rule is under way. */
  readonly handler: string | undefined
  /** Ids of all that the rule has submitted and that has not ended. */
  readonly own: readonly string[]
  /** What the handler answers. */
  readonly event: TriggeringEvent | undefined
}

/** What the store has of an interrupt that was under way; `noted`: the handler that was noted. */
export async function findUnfinished(
  rule: Interrupt,
  store: Pick<InterruptServices['store'], 'list' | 'get'>,
  noted: string | undefined,
): Promise<Unfinished> {
  const { items } = await store.list({
    queue: 'interrupt',
    tag: markOf(rule),
    status: WAITING_OR_RUNNING,
    limit: MOST,
  })
  const ids = items.map(({ id }) => id)
  const running = items.find(({ plan, task }) => plan === rule.plan && task === rule.run)
  if (running !== undefined) return { handler: running.id, own: ids, event: running.event }
  const ended = noted === undefined ? undefined : await store.get(noted)
  const own = ended === undefined ? ids : [...ids, ended.id]
  return { handler: ended?.id, own, event: ended?.event }
}
