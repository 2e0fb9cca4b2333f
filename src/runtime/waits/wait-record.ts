import type { TriggeringEvent } from '../../core/tasklet.ts'
import type { Scope } from '../../plan/expressions/expression.ts'
import type { Store } from '../../ports/store.ts'
import type { Fact } from '../../ports/store-messages.ts'

/** The kind of the facts that stand for waits. */
export const WAIT_FACT = 'wait'

/** One wait for an event, as it is stored. */
export interface WaitRecord {
  /** Of event names. */
  readonly pattern: string
  /** An expression, without `${{ }}`; undefined: every event of the pattern will do. */
  readonly where: string | undefined
  /** What `where` may name besides `event`. */
  readonly scope: Scope
  /** Milliseconds since the epoch; an event that happened before does not count. */
  readonly openedAt: number
  /** The first that matched. */
  readonly event: TriggeringEvent | undefined
  /** The tasklet has got its event: it is not woken for it any more. */
  readonly isTold?: boolean | undefined
}

/** A wait with its names. */
export interface StoredWait extends WaitRecord {
  readonly taskletId: string
  /** Names the wait within its tasklet. */
  readonly key: string
  readonly version: number
}

/** Ids have no blanks, so the first one ends the id. */
export function factKey(taskletId: string, key: string): string {
  return `${taskletId} ${key}`
}

/** Undefined for what is no wait, such as a fact of a version to come. */
export function toStoredWait({ key, value, version }: Fact): StoredWait | undefined {
  const end = key.indexOf(' ')
  if (end === -1 || !isRecord(value)) return undefined
  const { pattern, where, scope, openedAt, event, isTold } = value
  const wait = { pattern, where, scope, openedAt, event, isTold }
  return { ...wait, taskletId: key.slice(0, end), key: key.slice(end + 1), version }
}

function isRecord(value: unknown): value is WaitRecord {
  if (typeof value !== 'object' || value === null) return false
  const { pattern, openedAt, scope } = value as Partial<WaitRecord>
  return typeof pattern === 'string' && typeof openedAt === 'number' && typeof scope === 'object'
}

/** Every wait in the store whose event has not come, of one tasklet or of all, by tasklet and key. */
export async function openWaits(
  store: Pick<Store, 'facts'>,
  taskletId?: string,
): Promise<readonly StoredWait[]> {
  const facts = await store.facts(WAIT_FACT)
  return facts
    .flatMap((fact) => toStoredWait(fact) ?? [])
    .filter((wait) => wait.event === undefined && (taskletId ?? wait.taskletId) === wait.taskletId)
}
