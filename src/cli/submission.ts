import { InputError } from '../core/errors.ts'
import { createIdSource } from '../core/id.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { Plan, Schedule, Task } from '../plan/model.ts'
import type { Store } from '../ports/store.ts'
import type { InsertOutcome } from '../ports/store-messages.ts'
import { systemClock } from '../runtime/clock.ts'
import { toBatch } from '../runtime/intake/batch.ts'
import { type Submission, type SubmitOptions, toTasklet } from '../runtime/intake/submission.ts'
import { toManualRun } from '../runtime/schedules/manual-run.ts'
import type { Backend } from './backend/backend.ts'
import type { FileEntry } from './batch-file.ts'
import { findPlan, findTask } from './plans.ts'

const newId = createIdSource(systemClock.now)

/** Stores one tasklet and runs nothing. */
export async function submitOne(
  store: Store,
  plans: readonly Plan[],
  task: Task,
  given: { readonly input: unknown; readonly options: SubmitOptions },
): Promise<InsertOutcome> {
  const plan = findPlan(plans, task.plan)
  const source = given.options.source ?? 'manual'
  return insertOne(store, { plan, task, ...given, source })
}

/** Stores the task of a schedule with its fixed input, and runs nothing. */
export function submitScheduled(
  store: Store,
  plans: readonly Plan[],
  schedule: Schedule,
): Promise<InsertOutcome> {
  const moment = { at: systemClock.now(), id: newId() }
  return insertOne(store, toManualRun(findPlan(plans, schedule.plan), schedule, moment))
}

async function insertOne(store: Store, submission: Submission): Promise<InsertOutcome> {
  const tasklet = toTasklet(submission, newId(), systemClock.now())
  const [outcome] = await store.insert([tasklet])
  if (outcome === undefined) throw new Error('the store has given no answer')
  return outcome
}

/** Stores the entries in one transaction, or none of them; the answers by key, in their order. */
export async function submitAll(
  store: Store,
  plans: readonly Plan[],
  entries: readonly FileEntry[],
): Promise<ReadonlyMap<string, InsertOutcome>> {
  const now = systemClock.now()
  const records = toBatch(entries, newId, (entry, id, resolve) =>
    toRecord(plans, entry as FileEntry, { id, now, resolve }),
  )
  const outcomes = await store.insert([...records.values()])
  const answers = new Map([...records.keys()].map((key, index) => [key, outcomes[index]]))
  return new Map(
    entries.flatMap(({ key }) => {
      const outcome = answers.get(key)
      return outcome === undefined ? [] : [[key, outcome] as const]
    }),
  )
}

function toRecord(
  plans: readonly Plan[],
  entry: FileEntry,
  to: { readonly id: string; readonly now: number; resolve(reference: string): string },
): Tasklet {
  const task = findTask(plans, entry.task)
  const plan = findPlan(plans, task.plan)
  const { input = emptyInput(task), dependsOn } = entry
  const options = { ...entry.options, ...(dependsOn && { dependsOn }) }
  const { id, now, resolve } = to
  return toTasklet({ plan, task, input, options, source: 'manual', resolve }, id, now)
}

/** No input at all is an empty map for a task that wants a map. */
export function emptyInput({ input }: Task): unknown {
  return input === undefined || input.safeParse(undefined).success ? undefined : {}
}

/**
 * Full ids by the names under which the task finds them, from `id` and `name=id`.
 * @throws {InputError} for an id that names none or several, and for a name that comes twice.
 */
export async function findDependencies(
  { tasks }: Pick<Backend, 'tasks'>,
  references: readonly string[] | undefined,
): Promise<Readonly<Record<string, string>> | undefined> {
  if (references === undefined) return undefined
  const found = new Map<string, string>()
  for (const reference of references) {
    const [name, id] = splitReference(reference)
    const tasklet = await tasks.find(id)
    const key = name ?? tasklet.id
    if (found.has(key)) throw new InputError(`--depends-on names "${key}" twice`)
    found.set(key, tasklet.id)
  }
  return Object.fromEntries(found)
}

function splitReference(reference: string): readonly [name: string | undefined, id: string] {
  const at = reference.lastIndexOf('=')
  return at < 0 ? [undefined, reference] : [reference.slice(0, at), reference.slice(at + 1)]
}
