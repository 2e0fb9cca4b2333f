import type { Command } from 'commander'
import { InputError } from '../../core/errors.ts'
import { fullTaskName, type Tasklet } from '../../core/tasklet.ts'
import type { InsertOutcome } from '../../ports/store-messages.ts'
import { withBackend } from '../backend/connect.ts'
import { readBatch } from '../batch-file.ts'
import { EXIT } from '../failure.ts'
import { readInput } from '../input.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import {
  databaseOption,
  type JsonOption,
  jsonOption,
  type PlansOption,
  plansOption,
  type TargetOption,
  urlOption,
} from '../options.ts'
import { printable, type Style, styleFor } from '../style.ts'
import { findDependencies } from '../submission.ts'
import { addSubmitFlags, type SubmitFlags, toSubmitOptions } from '../submit-options.ts'
import { formatTable } from '../table.ts'
import { describeDuplicate } from '../tasklet-text.ts'
import type { CommandContext } from './context.ts'

interface SubmitOptions extends SubmitFlags, PlansOption, TargetOption, JsonOption {
  readonly input?: string
  readonly batch?: string
}

export function addSubmit(parent: Command, { io, end }: CommandContext): void {
  const command = parent
    .command('submit')
    .description('store a tasklet, or a batch of them, without running anything')
    .argument('[plan/task]', 'the task')
    .option('--input <json>', 'the input: JSON, @file, or - for standard input')
    .option('--batch <file>', 'a YAML or JSON list of submissions; - for standard input')
  addSubmitFlags(command)
    .addOption(plansOption())
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (task: string | undefined, options: SubmitOptions) =>
      end(await submit(task, options, io)),
    )
}

const EXAMPLES = `
The id goes to stdout. A runtime on the same database runs the tasklet, as does the next "setpoint
run". A batch is stored wholly or not at all; its entries are {key, task, input, dependsOn, options},
where dependsOn names keys of the batch and ids of earlier tasklets.

Examples:
  $ setpoint submit web-service/backup --input '{"folder": "./backups"}' --priority low
  $ setpoint submit kiln/fire --input @piece.json --key A1 --delay 2h --retry 5
  $ setpoint submit kiln/report --depends-on fired=019a7c3e-5d21 --expires 1d
  $ setpoint submit --batch tickets.yaml --json
`

async function submit(name: string | undefined, options: SubmitOptions, io: Io): Promise<number> {
  if (options.batch !== undefined) return submitBatch(name, options.batch, options, io)
  if (name === undefined) throw new InputError('name a task, or a file with --batch')
  const given = options.input === undefined ? undefined : await readInput(options.input, io.stdin)
  const outcome = await withBackend(options, io, async (backend) => {
    await backend.requireTask(name)
    const dependsOn = await findDependencies(backend, options.dependsOn)
    const submitted = toSubmitOptions(options, dependsOn)
    return backend.submit({ task: name, input: given, options: submitted })
  })
  if (options.json) writeJson(io.stdout, toData(outcome))
  else {
    const aside = styleFor(io.stderr, io.env).dim
    writeLine(io.stdout, outcome.tasklet.id)
    writeLine(io.stderr, aside(describe(outcome)))
  }
  warnOfQueues([outcome.tasklet], io)
  return EXIT.done
}

async function submitBatch(
  name: string | undefined,
  file: string,
  options: SubmitOptions,
  io: Io,
): Promise<number> {
  refuseBesideBatch(name, options)
  const entries = await readBatch(file, io.stdin)
  const outcomes = await withBackend(options, io, (backend) => backend.submitBatch(entries))
  if (options.json) {
    const data = [...outcomes].map(([key, outcome]) => [key, toData(outcome)])
    writeJson(io.stdout, Object.fromEntries(data))
  } else if (outcomes.size > 0) {
    writeLine(io.stdout, formatBatch(outcomes, styleFor(io.stdout, io.env)))
  } else writeLine(io.stderr, styleFor(io.stderr, io.env).dim('the batch is empty'))
  warnOfQueues(
    [...outcomes.values()].map(({ tasklet }) => tasklet),
    io,
  )
  return EXIT.done
}

const BESIDE_BATCH = new Set(['batch', 'plans', 'db', 'url', 'json'])

/** What stands in the file for each entry cannot be given for all of them. */
function refuseBesideBatch(name: string | undefined, options: SubmitOptions): void {
  if (name !== undefined) throw new InputError('give either a task or --batch, not both')
  const option = Object.keys(options).find((each) => !BESIDE_BATCH.has(each))
  if (option === undefined) return
  const flag = option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  throw new InputError(`--${flag} does not go with --batch: say it in the file, for each entry`)
}

function toData(outcome: InsertOutcome) {
  const { id, status, queue, priority, notBefore = null } = outcome.tasklet
  const answer = { id, created: outcome.created, status, queue, priority, notBefore }
  return outcome.created ? answer : { ...answer, reason: outcome.reason }
}

function describe(outcome: InsertOutcome): string {
  const { tasklet } = outcome
  if (!outcome.created) return describeDuplicate(outcome.reason, tasklet)
  const until =
    tasklet.notBefore === undefined ? '' : ` until ${new Date(tasklet.notBefore).toISOString()}`
  return `${fullTaskName(tasklet)} is stored: ${tasklet.status}${until}`
}

function formatBatch(outcomes: ReadonlyMap<string, InsertOutcome>, style: Style): string {
  const columns = [{ title: 'key', style: style.bold }, { title: 'id' }, { title: 'task' }]
  const rows = [...outcomes].map(([key, outcome]) => [
    printable(key),
    outcome.tasklet.id,
    fullTaskName(outcome.tasklet),
    outcome.created ? outcome.tasklet.status : describeDuplicate(outcome.reason, outcome.tasklet),
  ])
  return formatTable([...columns, { title: 'status' }], rows, style.dim)
}

const BUILT_IN = new Set(['main', 'event', 'interrupt'])

/** A queue that no runtime declares keeps its work for ever, and a slip of the pen makes one. */
function warnOfQueues(tasklets: readonly Tasklet[], io: Io): void {
  const own = new Set(tasklets.map(({ queue }) => queue).filter((queue) => !BUILT_IN.has(queue)))
  const style = styleFor(io.stderr, io.env)
  for (const queue of own) {
    const text = `only a runtime that declares the queue "${printable(queue)}" will run it`
    writeLine(io.stderr, style.yellow(text))
  }
}
