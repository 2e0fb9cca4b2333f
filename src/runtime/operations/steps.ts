import type { Tasklet } from '../../core/tasklet.ts'
import type { Store } from '../../ports/store.ts'
import { toKeptSteps } from '../steps/kept-steps.ts'
import type { StepLog, StepReport } from '../steps/step-log.ts'

interface StepSources {
  readonly store: Pick<Store, 'get' | 'steps'>
  /** Of this process; undefined where nothing runs. */
  readonly log?: StepLog | undefined
}

/**
 * What the steps of a tasklet have done: those of its last attempt that ran in this process, and
 * those that the store knows of. It keeps what no later delivery does again, and where an attempt
 * failed; the rest is known only where it ran.
 */
export async function readSteps(
  { store, log }: StepSources,
  id: string,
): Promise<readonly StepReport[]> {
  const tasklet = await store.get(id)
  if (tasklet === undefined) return []
  const live = log?.of(tasklet) ?? []
  const names = new Set(live.map(nameOf))
  const isNew = (step: StepReport) => !(names.has(step.key) || names.has(nameOf(step)))
  for (const { key } of live) names.add(key)
  const kept = toKeptSteps(await store.steps(id)).filter(isNew)
  for (const step of kept) for (const name of [step.key, nameOf(step)]) names.add(name)
  return [...kept, ...live, ...failedOf(tasklet).filter(isNew)]
}

function nameOf({ key, attempt }: StepReport): string {
  return `${key}#${attempt}`
}

/** Where the last attempt failed. */
function failedOf({ failures }: Tasklet): readonly StepReport[] {
  const { error, at } = failures.at(-1) ?? {}
  if (error?.step === undefined) return []
  return [{ key: error.step, status: 'failed', endedAt: at, message: error.message }]
}
