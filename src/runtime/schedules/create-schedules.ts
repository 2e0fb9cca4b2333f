import { InputError } from '../../core/errors.ts'
import { createIdSource } from '../../core/id.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { Intake } from '../intake/intake.ts'
import { type Submission, toTasklet } from '../intake/submission.ts'
import type { Settings } from '../options/options.ts'
import type { Registry } from '../plans/registry.ts'
import type { Reports } from '../reports.ts'
import { Schedules } from './schedules.ts'

export interface ScheduleParts {
  readonly store: Store
  readonly clock: Clock
  readonly bus: EventBus
  readonly settings: Settings
  readonly registry: Pick<Registry, 'plans' | 'requirePlan'>
  readonly intake: Pick<Intake, 'insert' | 'tryInsert'>
  readonly reports: Pick<Reports, 'failed'>
  cancel(id: string, reason: string): Promise<unknown>
}

/** The schedules of all plans over the parts of an engine. */
export function createSchedules(parts: ScheduleParts): Schedules {
  const { store, clock, bus, settings, registry, intake, reports, cancel } = parts
  const newId = createIdSource(() => clock.now())
  const toRecord = (submission: Submission) => {
    const tasklet = toTasklet(submission, newId(), clock.now())
    requireQueue(settings, tasklet.queue)
    return tasklet
  }
  return new Schedules(registry.plans, {
    store,
    clock,
    bus,
    cancel,
    newId,
    log: settings.logger,
    plan: (name) => registry.requirePlan(name),
    emit: (name, data, cause) => bus.emit(name, data, { cause: cause?.lineage }),
    insert: async (submission, signal) => intake.insert(toRecord(submission), signal),
    tryInsert: async (submission) => intake.tryInsert(toRecord(submission)),
    report: (error) => reports.failed(error),
  })
}

function requireQueue({ queues }: Settings, name: string): void {
  if (queues.has(name)) return
  const known = [...queues.keys()].join(', ')
  throw new InputError(`there is no queue "${name}"; declare it in the options: ${known}`)
}
