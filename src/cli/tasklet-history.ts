import { formatDuration, NEVER } from '../core/duration.ts'
import { isFinal } from '../core/status.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { StepReport } from '../runtime/steps/step-log.ts'
import { formatTrailStep } from './path-text.ts'
import { formatStep } from './step-text.ts'
import { printable, type Style } from './style.ts'
import { formatStatus, statusMark } from './tasklet-text.ts'

/** A point in the life of a tasklet, and what went on from there to the next one. */
interface Moment {
  readonly at: number
  readonly text: string
  readonly meanwhile: string
  /** What is known of that, a line each. */
  readonly details?: readonly string[]
}

/**
 * What happened to a tasklet and when, as far as its record tells, oldest first: moments are knots
 * of a line, and between them stands how long it took.
 */
export function formatHistory(
  tasklet: Tasklet,
  style: Style,
  steps: readonly StepReport[] = [],
): string {
  const { createdAt, status } = tasklet
  const moments = momentsOf(tasklet, style, steps)
  const isOver = isFinal(status)
  const rows = moments.flatMap(({ at, text, meanwhile, details = [] }, index): readonly Row[] => {
    const next = moments[index + 1]
    const knot = index === 0 ? '┌' : knotOf(isOver && next === undefined)
    const head: Row = [knot, index === 0 ? '+0' : `+${formatDuration(at - createdAt)}`, text]
    const below = details.map((line): Row => ['│', '', line])
    if (next !== undefined) {
      return [head, ['│', formatDuration(next.at - at), style.dim(meanwhile)], ...below]
    }
    return isOver ? [head, ...below] : [head, ['┆', '', style.dim(meanwhile)], ...below]
  })
  return drawRows(rows, style)
}

type Row = readonly [knot: string, time: string, text: string]

function knotOf(isEnd: boolean): string {
  return isEnd ? '└' : '├'
}

function drawRows(rows: readonly Row[], style: Style): string {
  const width = Math.max(...rows.map(([, time]) => time.length))
  return rows
    .map(([knot, time, text]) => `${style.dim(`${knot} ${time.padStart(width)}`)}  ${text}`)
    .join('\n')
}

/** The record keeps only the last start, but every failure; the last one may be the end. */
function momentsOf(
  tasklet: Tasklet,
  style: Style,
  steps: readonly StepReport[],
): readonly Moment[] {
  const { createdAt, settledAt, deliveries, failures } = tasklet
  const submitted = {
    at: createdAt,
    text: `submitted  ${new Date(createdAt).toISOString()}`,
    meanwhile: deliveries > 1 ? 'waited, and earlier deliveries' : 'waited for its turn',
  }
  const failed = failures
    .filter(({ at }) => !(isFinal(tasklet.status) && at === settledAt))
    .map(({ attempt, at, error }) => ({
      at,
      text: style.red(`✖ attempt ${attempt} failed: ${firstLine(error.message)}`),
      meanwhile: `waited for attempt ${attempt + 1}`,
    }))
  const started = withSteps(startOf(tasklet, style), steps, style)
  const later = [...started, ...failed].sort((a, b) => a.at - b.at)
  const moments = [submitted, ...later, ...endOf(tasklet, style)]
  const now = presentOf(tasklet)
  return moments.map((moment, index) =>
    index === moments.length - 1 ? { ...moment, meanwhile: now } : moment,
  )
}

/** Of the last delivery: its start, and when the world was as the task needs it. */
function startOf(tasklet: Tasklet, style: Style): readonly Moment[] {
  const { startedAt: at, settledAt, actualDuration, deliveries, trail } = tasklet
  if (at === undefined) return []
  const details = trail?.steps.map((step) => formatTrailStep(step, style)) ?? []
  const text = `started${deliveries > 1 ? `, delivery ${deliveries}` : ''}`
  const started = { at, text, meanwhile: 'was prepared', details }
  if (settledAt === undefined || actualDuration === undefined) return [started]
  return [started, { at: settledAt - actualDuration, text: 'prepared', meanwhile: 'ran' }]
}

/** They ran after the last of these moments. */
function withSteps(
  moments: readonly Moment[],
  steps: readonly StepReport[],
  style: Style,
): readonly Moment[] {
  const last = moments.at(-1)
  if (last === undefined) return moments
  const lines = steps.map((step) => formatStep(step, style))
  return [...moments.slice(0, -1), { ...last, details: [...(last.details ?? []), ...lines] }]
}

function endOf({ settledAt, status, error, failures }: Tasklet, style: Style): readonly Moment[] {
  if (settledAt === undefined || !isFinal(status)) return []
  const attempt = failures.find(({ at }) => at === settledAt)?.attempt
  const which = attempt === undefined || attempt === 1 ? '' : ` in attempt ${attempt}`
  const why = error === undefined ? '' : `${which}: ${firstLine(error.message)}`
  const text = `${statusMark(status, style)} ${formatStatus(status, style)}${why}`
  return [{ at: settledAt, text, meanwhile: '' }]
}

function firstLine(text: string): string {
  return printable(text).split('\n', 1).join()
}

/** What a tasklet that has not ended is doing. */
function presentOf({ status, startedAt, attempts, notBefore }: Tasklet): string {
  const due =
    notBefore === undefined || notBefore >= NEVER
      ? ''
      : `, due ${new Date(notBefore).toISOString()}`
  switch (status) {
    case 'running':
      return 'is under way'
    case 'blocked':
      return 'waits for what it depends on'
    case 'scheduled':
      return startedAt === undefined
        ? `waits for its time${due}`
        : `waits and holds nothing meanwhile${due}`
    case 'retrying':
      return `waits for attempt ${attempts + 1}${due}`
    default:
      return 'waits for its turn'
  }
}
