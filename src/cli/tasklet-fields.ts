import { formatDuration } from '../core/duration.ts'
import type { ErrorRecord } from '../core/errors.ts'
import type { Tasklet } from '../core/tasklet.ts'
import { describeWait, isPassivated, toTime } from '../runtime/operations/explain-waiting.ts'
import type { StepReport } from '../runtime/steps/step-log.ts'
import type { StoredWait } from '../runtime/waits/wait-record.ts'
import { stackFrames } from './stack-text.ts'
import { printable, type Style } from './style.ts'
import { formatFields } from './table.ts'
import { formatHistory } from './tasklet-history.ts'
import { formatError, formatStatus } from './tasklet-text.ts'

type Field = readonly [name: string, value: string | undefined]

/** What does not stand in the record. */
interface Known {
  readonly waits?: readonly Pick<StoredWait, 'pattern' | 'where'>[]
  readonly steps?: readonly StepReport[]
}

/** Everything that is known of one tasklet, a line or more for each part of it. */
export function formatTasklet(
  tasklet: Tasklet,
  style: Style,
  { waits = [], steps = [] }: Known = {},
): string {
  const fields: readonly Field[] = [
    ['id', tasklet.id],
    ['task', style.bold(`${tasklet.plan}/${tasklet.task}`)],
    ['status', formatStatus(tasklet.status, style)],
    ...runFields(tasklet),
    ['waits for', waitsText(tasklet, waits)],
    ...waitFields(tasklet),
    ['timeline', formatHistory(tasklet, style, steps)],
    ['requires', tasklet.requires.join(' | ') || undefined],
    ['trail', trailText(tasklet)],
    ['input', valueText(tasklet.input)],
    ['context', valueText(tasklet.initialContext)],
    ['output', valueText(tasklet.output)],
    ['error', tasklet.error && errorText(tasklet.error, style)],
    ...attemptFields(tasklet, style),
  ]
  const known = fields.flatMap(([name, value]) =>
    value === undefined ? [] : ([[name, value]] as const),
  )
  return formatFields(known, style.dim)
}

function runFields(tasklet: Tasklet): readonly Field[] {
  const { lease, actualDuration, timeout } = tasklet
  return [
    ['attempts', `${tasklet.attempts} failed of ${tasklet.maxAttempts}`],
    ['deliveries', String(tasklet.deliveries)],
    [
      'queue',
      `${printable(tasklet.queue)}, priority ${tasklet.priority}, sequence ${tasklet.sequence}`,
    ],
    ['source', tasklet.source],
    ['version', tasklet.planVersion.slice(0, 8)],
    ['tags', printable(tasklet.tags.join(', ')) || undefined],
    ['key', tasklet.idempotencyKey && printable(tasklet.idempotencyKey)],
    ['parent', tasklet.parentId],
    ['trace', tasklet.traceId && printable(tasklet.traceId)],
    ['timeout', timeout === undefined ? undefined : formatDuration(timeout)],
    ['ran', actualDuration === undefined ? undefined : formatDuration(actualDuration)],
    ['lease', lease && `${lease.owner}, token ${lease.token}, until ${timeText(lease.until)}`],
    ['cancelling', tasklet.cancelRequested && printable(tasklet.cancelRequested)],
  ]
}

function waitFields(tasklet: Tasklet): readonly Field[] {
  const { group, unique, dependencies, onDependencyFailure, replayOf, replayedBy } = tasklet
  const parents = dependencies.map(({ key, id }) => (key === id ? id : `${key}: ${id}`))
  const until = timeText(unique?.until) ?? 'it settles'
  return [
    ['not before', timeText(toTime(tasklet.notBefore))],
    ['expires', timeText(tasklet.expiresAt)],
    ['after', parents.length === 0 ? undefined : printable(parents.join('\n'))],
    ['if they fail', parents.length === 0 ? undefined : onDependencyFailure],
    ['group', group && printable(group)],
    ['unique', unique && printable(`${unique.key}, until ${until}`)],
    ['replay of', replayOf],
    ['replayed by', replayedBy],
  ]
}

/** What it sleeps for, if it does. */
function waitsText(
  tasklet: Tasklet,
  waits: readonly Pick<StoredWait, 'pattern' | 'where'>[],
): string | undefined {
  if (!isPassivated(tasklet)) return undefined
  return waits.length === 0 ? 'its time' : printable(waits.map(describeWait).join('\n'))
}

function timeText(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString()
}

/** Its steps stand in the timeline. */
function trailText({ trail }: Tasklet): string | undefined {
  if (trail === undefined) return undefined
  const { from, target, steps } = trail
  const head = `from ${from ?? 'an unknown state'} to ${target}`
  return steps.length === 0 && from !== undefined ? `${head}: nothing to do` : head
}

/** JSON escapes what a terminal would obey. */
function valueText(value: unknown): string | undefined {
  return value === undefined ? undefined : printable(JSON.stringify(value, undefined, 2))
}

function errorText(error: ErrorRecord, style: Style): string {
  const frames = stackFrames(error.stack, process.cwd())
  return [...formatError(error, style), ...frames.map((frame) => style.dim(printable(frame)))].join(
    '\n',
  )
}

/** The error of every failed attempt; the last one alone is the tasklet's own error. */
function attemptFields({ failures, error }: Tasklet, style: Style): readonly Field[] {
  if (failures.length <= 1 && error !== undefined) return []
  return failures.map(({ attempt, error }) => [`attempt ${attempt}`, errorText(error, style)])
}
