import type { Command } from 'commander'
import { formatDuration } from '../../core/duration.ts'
import type { ErrorRecord } from '../../core/errors.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import { findTasklet, withDatabase } from '../database.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import { type DatabaseOption, databaseOption, type JsonOption, jsonOption } from '../options.ts'
import { formatTrailStep } from '../path-text.ts'
import { printable, type Style, styleFor } from '../style.ts'
import { formatFields } from '../table.ts'
import { formatError, formatStatus } from '../tasklet-text.ts'
import type { CommandContext } from './context.ts'

type ShowOptions = DatabaseOption & JsonOption

export function addTasksShow(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('show')
    .description('everything that is known of one tasklet')
    .argument('<id>', 'the id, or enough of its start to name one')
    .addOption(databaseOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: ShowOptions) => end(await showTasklet(id, options, io)))
}

const EXAMPLES = `
Examples:
  $ setpoint tasks show 019a7c3e-5d21
  $ setpoint tasks show 019a7c3e-5d21 --json | jq .trail
`

async function showTasklet(id: string, options: ShowOptions, io: Io): Promise<number> {
  const tasklet = await withDatabase(options.db, (store) => findTasklet(store, id))
  if (options.json) writeJson(io.stdout, tasklet)
  else writeLine(io.stdout, describe(tasklet, styleFor(io.stdout, io.env)))
  return EXIT.done
}

type Field = readonly [name: string, value: string | undefined]

function describe(tasklet: Tasklet, style: Style): string {
  const fields: readonly Field[] = [
    ['id', tasklet.id],
    ['task', style.bold(`${tasklet.plan}/${tasklet.task}`)],
    ['status', formatStatus(tasklet.status, style)],
    ...runFields(tasklet),
    ...timeFields(tasklet),
    ['requires', tasklet.requires.join(' | ') || undefined],
    ['trail', trailText(tasklet, style)],
    ['input', valueText(tasklet.input)],
    ['context', valueText(tasklet.initialContext)],
    ['output', valueText(tasklet.output)],
    ['error', tasklet.error && errorText(tasklet.error, style)],
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
    ['queue', `${tasklet.queue}, priority ${tasklet.priority}, sequence ${tasklet.sequence}`],
    ['source', tasklet.source],
    ['version', tasklet.planVersion.slice(0, 8)],
    ['tags', tasklet.tags.join(', ') || undefined],
    ['key', tasklet.idempotencyKey],
    ['parent', tasklet.parentId],
    ['trace', tasklet.traceId],
    ['timeout', timeout === undefined ? undefined : formatDuration(timeout)],
    ['ran', actualDuration === undefined ? undefined : formatDuration(actualDuration)],
    ['lease', lease && `${lease.owner}, token ${lease.token}, until ${timeText(lease.until)}`],
    ['cancelling', tasklet.cancelRequested && printable(tasklet.cancelRequested)],
  ]
}

function timeFields(tasklet: Tasklet): readonly Field[] {
  return [
    ['created', timeText(tasklet.createdAt)],
    ['started', timeText(tasklet.startedAt)],
    ['settled', timeText(tasklet.settledAt)],
    ['not before', timeText(tasklet.notBefore)],
  ]
}

function timeText(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString()
}

function trailText({ trail }: Tasklet, style: Style): string | undefined {
  if (trail === undefined) return undefined
  const { from, target, steps } = trail
  const head = `from ${from ?? 'an unknown state'} to ${target}`
  if (steps.length === 0) return from === undefined ? head : `${head}: nothing to do`
  return [head, ...steps.map((step) => formatTrailStep(step, style))].join('\n')
}

/** JSON escapes what a terminal would obey. */
function valueText(value: unknown): string | undefined {
  return value === undefined ? undefined : printable(JSON.stringify(value, undefined, 2))
}

function errorText(error: ErrorRecord, style: Style): string {
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? []
  return [
    ...formatError(error, style),
    ...frames.map((frame) => style.dim(printable(frame.trim()))),
  ].join('\n')
}
