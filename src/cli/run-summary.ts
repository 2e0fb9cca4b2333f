import { formatDuration } from '../core/duration.ts'
import type { Tasklet, Trail } from '../core/tasklet.ts'
import { formatTrailStep } from './path-text.ts'
import type { Style } from './style.ts'
import { formatError, statusMark } from './tasklet-text.ts'

/** What `run --json` prints. Times are milliseconds since the epoch, durations milliseconds. */
export function runResult(tasklet: Tasklet) {
  return {
    id: tasklet.id,
    task: `${tasklet.plan}/${tasklet.task}`,
    planVersion: tasklet.planVersion,
    status: tasklet.status,
    output: tasklet.output ?? null,
    error: tasklet.error ?? null,
    trail: tasklet.trail ?? null,
    attempts: tasklet.attempts,
    maxAttempts: tasklet.maxAttempts,
    deliveries: tasklet.deliveries,
    duration: wholeDuration(tasklet) ?? null,
    runDuration: tasklet.actualDuration ?? null,
    createdAt: tasklet.createdAt,
    settledAt: tasklet.settledAt ?? null,
  }
}

/** The end of a run: the error if there was one, and a last line with the path and durations. */
export function formatSummary(tasklet: Tasklet, hint: string, style: Style): string {
  const { error, trail } = tasklet
  if (error === undefined) return lastLine(tasklet, style)
  const steps = trail?.steps ?? []
  const details = [
    ...formatError(error, style),
    ...(steps.some(({ outcome }) => outcome === 'failed')
      ? steps.map((step) => formatTrailStep(step, style))
      : []),
    style.dim(hint),
  ]
  return [...details.map((line) => `  ${line}`), lastLine(tasklet, style)].join('\n')
}

function lastLine(tasklet: Tasklet, style: Style): string {
  const { status, error, trail, maxAttempts, actualDuration } = tasklet
  const kind = error === undefined || error.kind === status ? '' : ` (${error.kind})`
  const whole = wholeDuration(tasklet)
  const took = whole === undefined ? '' : ` in ${formatDuration(whole)}`
  const parts = [
    `${statusMark(status, style)} ${style.bold(status)}${kind}${took}`,
    trail && wayOf(trail),
    actualDuration === undefined ? undefined : `ran ${formatDuration(actualDuration)}`,
    maxAttempts === 1 ? undefined : `attempt ${attemptOf(tasklet)} of ${maxAttempts}`,
  ]
  return parts.filter((part) => part !== undefined).join(style.dim(' · '))
}

/** Attempts are counted as they fail, so the one that succeeded comes on top. */
function attemptOf({ status, attempts }: Tasklet): number {
  return status === 'completed' ? attempts + 1 : attempts
}

/** `stopped → up.serving in 312 ms`; where the world was, if nothing had to be done. */
function wayOf({ from, steps }: Trail): string | undefined {
  if (from === undefined) return undefined
  const moved = steps.filter(({ outcome }) => outcome === 'moved')
  if (moved.length === 0) return from
  const took = steps.reduce((sum, { duration }) => sum + duration, 0)
  return `${[moved[0]?.from ?? from, ...moved.map(({ to }) => to)].join(' → ')} in ${formatDuration(took)}`
}

function wholeDuration({ createdAt, settledAt }: Tasklet): number | undefined {
  return settledAt === undefined ? undefined : settledAt - createdAt
}

/** The output as text: a string as it is, anything else as JSON; nothing for none. */
export function formatOutput(output: unknown): string | undefined {
  if (output === undefined || typeof output === 'string') return output
  return JSON.stringify(output, undefined, 2)
}
