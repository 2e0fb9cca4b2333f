import type { HookRunner } from '../hooks.ts'
import type { Delivery } from './delivery.ts'

export interface AttemptHookServices {
  readonly hooks: HookRunner
  readonly report: (error: unknown) => void
  /** Whether an attempt goes on that was passivated; undefined: a task of this kind never is. */
  isResumed(delivery: Delivery): Promise<boolean> | undefined
}

/** Hooks frame a whole attempt, whatever it waits for in between. Rejects when one vetoes the run. */
export async function runBeforeHooks(
  { hooks, isResumed }: AttemptHookServices,
  delivery: Delivery,
): Promise<void> {
  if ((await isResumed(delivery)) === true) return
  await hooks.run('beforeTaskRun', { tasklet: delivery.tasklet })
}

/** One of success and failure, then the one that always runs; what fails is reported. */
export async function runAfterHooks(
  { hooks, report }: AttemptHookServices,
  { tasklet, outcome }: Delivery,
): Promise<void> {
  const { status, output, error } = outcome ?? {}
  if (status === 'completed') await hooks.runAll('afterTaskSuccess', { tasklet, output }, report)
  else if (status !== 'pending') await hooks.runAll('afterTaskFailure', { tasklet, error }, report)
  await hooks.runAll('afterTaskRun', { tasklet, output, error }, report)
}
