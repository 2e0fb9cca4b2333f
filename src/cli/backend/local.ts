import type { OutboxKind } from '../../ports/outbox.ts'
import { systemClock } from '../../runtime/clock.ts'
import { toHealthThresholds } from '../../runtime/operations/health.ts'
import { readStats } from '../../runtime/operations/stats.ts'
import type { Io } from '../io.ts'
import { findTask } from '../plans.ts'
import { emptyInput, submitAll, submitOne } from '../submission.ts'
import type { Backend } from './backend.ts'
import { Database } from './database.ts'
import { localDeadLetters } from './local-dead-letters.ts'
import { localEvents } from './local-events.ts'
import { type LocalParts, planSource } from './local-parts.ts'
import { localPlans } from './local-plans.ts'
import { localQueues } from './local-queues.ts'
import { localInterrupts, localSchedules } from './local-rules.ts'
import { localTasks } from './local-tasks.ts'

export interface LocalOptions {
  /** A file, or the URL of a server. */
  readonly db: string
  readonly plans?: readonly string[] | undefined
  /** What brokers are to be told of by the processes that have them. */
  readonly noted?: readonly OutboxKind[] | undefined
}

/**
 * Works on a database and plan folders of this machine, and runs nothing. A runtime in another
 * process sees in the store what was changed.
 */
export function createLocalBackend({ db, plans, noted = [] }: LocalOptions, io: Io): Backend {
  const database = new Database(db, noted)
  const source = planSource(plans, io)
  const parts: LocalParts = { database, plans: source }
  const around = (fullName: string) => source.around(fullName.split('/', 1).join())
  return {
    tasks: localTasks(parts),
    queues: localQueues(parts),
    deadLetters: localDeadLetters(parts),
    schedules: localSchedules(parts),
    interrupts: localInterrupts(parts),
    events: localEvents(parts),
    plans: localPlans(parts),
    async requireTask(task) {
      findTask(await around(task), task)
    },
    async submit(wanted) {
      const known = await around(wanted.task)
      const task = findTask(known, wanted.task)
      const { input = emptyInput(task), options } = wanted
      return submitOne(await database.made(), known, task, { input, options })
    },
    async submitBatch(entries) {
      const known = await source.all()
      return submitAll(await database.made(), known, entries)
    },
    async stats(window) {
      const store = await database.existing()
      const thresholds = toHealthThresholds()
      const unlimited = { queueNames: [], maxSize: () => undefined }
      return readStats({ store, clock: systemClock, thresholds, ...unlimited }, window)
    },
    close: () => database.close(),
  }
}
