import type { EventName, RuntimeEvents } from '../core/events.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { Instruments } from './instruments.ts'
import type { Amount, Distribution } from './measures.ts'

type Counting = { readonly [Name in EventName]?: (data: RuntimeEvents[Name]) => void }

/** What is counted of one task in one queue. */
interface Work {
  readonly submitted: Amount
  readonly completed: Amount
  readonly run: Distribution
  readonly wait: Distribution
}

/** Ends that say nothing about the last run: it had ended before, or nobody saw it end. */
const WITHOUT_RUN: ReadonlySet<string> = new Set(['expired', 'dependency', 'poison'])
/** Tasks and queues whose series are remembered; beyond the bound of series they are all one. */
const MOST_WORKS = 10_000

/** What becomes of tasklets, as their events tell it. */
export function countTasklets(instruments: Instruments): Counting {
  const workOf = rememberWork(instruments)
  const settled = (tasklet: Tasklet) => {
    const values = [...labelsOf(tasklet), tasklet.status]
    instruments.count('setpoint_tasklets_settled_total', values)
  }
  const failed = ({ plan, task, error }: Tasklet) =>
    instruments.count('setpoint_tasklet_errors_total', [plan, task, error?.kind ?? 'error'])
  return {
    'tasklet.submitted': ({ tasklet }) => workOf(tasklet).submitted.add(),
    'tasklet.completed': ({ tasklet }) => {
      const work = workOf(tasklet)
      work.completed.add()
      ran(work, tasklet)
    },
    'tasklet.failed': ({ tasklet }) => {
      settled(tasklet)
      failed(tasklet)
      if (!WITHOUT_RUN.has(tasklet.error?.kind ?? '')) ran(workOf(tasklet), tasklet)
    },
    'tasklet.cancelled': ({ tasklet }) => settled(tasklet),
    'tasklet.retrying': ({ tasklet }) => {
      instruments.count('setpoint_tasklet_retries_total', labelsOf(tasklet))
      failed(tasklet)
      ran(workOf(tasklet), tasklet)
    },
    'tasklet.pending': ({ tasklet }) =>
      instruments.count('setpoint_tasklet_returns_total', labelsOf(tasklet)),
    'tasklet.scheduled': ({ tasklet }) =>
      instruments.count('setpoint_tasklet_passivations_total', labelsOf(tasklet)),
    'tasklet.abandoned': () => instruments.count('setpoint_tasklets_abandoned_total'),
    'lease.lost': () => instruments.count('setpoint_leases_lost_total'),
  }
}

/** Every tasklet is counted several times, and most are of few tasks. */
function rememberWork(instruments: Instruments): (tasklet: Tasklet) => Work {
  const known = new Map<string, Work>()
  return (tasklet) => {
    const key = `${tasklet.plan}/${tasklet.task} ${tasklet.queue}`
    const found = known.get(key)
    if (found !== undefined) return found
    const labels = labelsOf(tasklet)
    const work = {
      submitted: instruments.counter('setpoint_tasklets_submitted_total', labels),
      completed: instruments.counter('setpoint_tasklets_settled_total', [...labels, 'completed']),
      run: instruments.histogram('setpoint_tasklet_run_seconds', labels),
      wait: instruments.histogram('setpoint_tasklet_wait_seconds', labels),
    }
    if (known.size < MOST_WORKS) known.set(key, work)
    return work
  }
}

function ran({ run, wait }: Work, tasklet: Tasklet): void {
  const { startedAt, createdAt, updatedAt, deliveries } = tasklet
  if (startedAt === undefined) return
  run.observe(Math.max(0, updatedAt - startedAt) / 1000)
  if (deliveries === 1) wait.observe(Math.max(0, startedAt - createdAt) / 1000)
}

function labelsOf({ plan, task, queue }: Tasklet): readonly string[] {
  return [plan, task, queue]
}
