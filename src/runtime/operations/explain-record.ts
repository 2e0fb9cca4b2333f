import { isFinal, type Phase } from '../../core/status.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import { toTime } from './explain-waiting.ts'
import type { Reason } from './reason.ts'

/** The reasons that stand in the record itself; `parents` are the dependencies that are stored. */
export function explainRecord(
  tasklet: Tasklet,
  parents: readonly Tasklet[],
  phase: Phase | undefined,
  now: number,
): readonly Reason[] {
  switch (tasklet.status) {
    case 'blocked':
      return parents.filter(({ status }) => !isFinal(status)).map(toDependencyReason)
    case 'scheduled':
      return [{ code: 'scheduled', message: 'its time has not come', until: tasklet.notBefore }]
    case 'retrying':
      return [toRetryReason(tasklet)]
    case 'running':
      return runningReasons(tasklet, phase)
    case 'pending':
      if (tasklet.expiresAt === undefined || tasklet.expiresAt > now) return []
      return [{ code: 'expired', message: 'it was not started in time', until: tasklet.expiresAt }]
    case 'completed':
    case 'failed':
    case 'cancelled':
      return [toSettledReason(tasklet)]
  }
}

function toDependencyReason({ id, plan, task, status, notBefore }: Tasklet): Reason {
  const message = `waits for ${plan}/${task} (${id}), which is ${status}`
  return { code: 'dependency', message, holder: id, until: toTime(notBefore) }
}

function toRetryReason({ attempts, maxAttempts, error, notBefore }: Tasklet): Reason {
  const why = error === undefined ? '' : `: ${error.message}`
  const message = `waits for its next try; ${attempts} of ${maxAttempts} attempts failed${why}`
  return { code: 'retrying', message, until: notBefore }
}

function runningReasons(tasklet: Tasklet, phase: Phase | undefined): readonly Reason[] {
  const { lease, startedAt, cancelRequested } = tasklet
  const since = startedAt === undefined ? '' : ` since ${new Date(startedAt).toISOString()}`
  const message = `runs${since}${phase === undefined ? '' : ` (${phase})`}`
  const running: Reason = { code: 'running', message, until: lease?.until, holder: lease?.owner }
  if (cancelRequested === undefined) return [running]
  return [running, { code: 'cancel-requested', message: `was asked to stop: ${cancelRequested}` }]
}

function toSettledReason({ status, error, replayedBy }: Tasklet): Reason {
  const kind =
    status === 'failed' && error !== undefined ? ` (${error.kind}: ${error.message})` : ''
  const replay = replayedBy === undefined ? '' : `; ${replayedBy} runs it again`
  return { code: 'settled', message: `it has ${STATUS_WORDS[status]}${kind}${replay}` }
}

const STATUS_WORDS: Readonly<Record<string, string>> = {
  completed: 'completed',
  failed: 'failed',
  cancelled: 'been cancelled',
}
