import type { Command } from 'commander'
import type { Tasklet } from '../../core/tasklet.ts'
import { createRuntime, DEFAULT_DATABASE } from '../../create-runtime.ts'
import type { Task } from '../../plan/model.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { withoutPassword } from '../engines/address.ts'
import { storeAt } from '../engines/stores.ts'
import { EXIT } from '../failure.ts'
import { readInput } from '../input.ts'
import { InterruptProgress } from '../interrupt-progress.ts'
import { INTERRUPTED, type InterruptSignal, type Io, writeJson, writeLine } from '../io.ts'
import { startOver } from '../leftovers.ts'
import {
  type DatabaseOption,
  databaseOption,
  type JsonOption,
  jsonOption,
  type PlansOption,
  plansOption,
} from '../options.ts'
import { findTask, withUsablePlans } from '../plans.ts'
import { settledOrCancelled, stopGently, trackRunning } from '../run-ending.ts'
import { createRunLog } from '../run-log.ts'
import { RunProgress } from '../run-progress.ts'
import { formatOutput, formatSummary, runResult } from '../run-summary.ts'
import { createScreen, type Screen } from '../screen.ts'
import { type Style, styleFor } from '../style.ts'
import { emptyInput } from '../submission.ts'
import { showWaiting } from '../wait-reasons.ts'
import type { CommandContext } from './context.ts'

interface RunOptions extends PlansOption, DatabaseOption, JsonOption {
  readonly input?: string
}

export function addRun(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('run')
    .description('bring the world into the state that a task needs, run the task, print its output')
    .argument('<plan/task>', 'the task')
    .option('--input <json>', 'the input: JSON, @file, or - for standard input')
    .addOption(plansOption())
    .addOption(databaseOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (task: string, options: RunOptions) => end(await runTask(task, options, io)))
}

const EXAMPLES = `
The output goes to stdout, progress to stderr. Ctrl-C cancels the task and waits for its end; a
second Ctrl-C exits at once, and the next run takes up what is left.

Examples:
  $ setpoint run web-service/smoke-test
  $ setpoint run web-service/backup --input '{"folder": "./backups"}'
  $ setpoint run kiln/fire --plans ./factory --input @piece.json --json | jq .output
`

async function runTask(name: string, options: RunOptions, io: Io): Promise<number> {
  const input = options.input === undefined ? undefined : await readInput(options.input, io.stdin)
  const screen = createScreen(io)
  const style = styleFor(io.stderr, io.env)
  const store = await storeAt(options.db)
  const logger = createRunLog(screen, style)
  const create = (plans: readonly string[]) => createRuntime({ plans, store, logger })
  const runtime = await withUsablePlans(name.split('/', 1).join(), options.plans, io, create)
  const task = findTask(runtime.plans, name)
  listenToRun(runtime, task, screen, style)
  const running = trackRunning(runtime.events)
  let stopShowing = () => {}
  try {
    const leftovers = await startOver(runtime, store)
    if (leftovers !== undefined) screen.line(style.dim(leftovers))
    const fullName = `${task.plan}/${task.name}`
    const handle = await runtime.submit(fullName, input ?? emptyInput(task), {
      priority: 'high',
      source: 'manual',
    })
    stopShowing = showWaiting(() => runtime.explain(handle.id), screen, systemClock)
    const { tasklet, signal } = await settledOrCancelled(runtime, handle, io, screen)
    stopShowing()
    screen.close()
    report(tasklet, options, io)
    return exitCodeOf(tasklet, signal)
  } finally {
    stopShowing()
    await stopGently(runtime, running, io, screen)
    await store.close()
    screen.close()
  }
}

function listenToRun(runtime: Runtime, task: Task, screen: Screen, style: Style): void {
  const { now } = systemClock
  const rules = runtime.plans.flatMap(({ interrupts }) => interrupts)
  const interrupts = new InterruptProgress(rules, screen, style, now)
  const progress = new RunProgress(task, screen, style, now, interrupts)
  interrupts.listen(runtime.events)
  progress.listen(runtime.events)
}

function report(tasklet: Tasklet, options: RunOptions, io: Io): void {
  if (options.json) writeJson(io.stdout, runResult(tasklet))
  else {
    const output = formatOutput(tasklet.output)
    if (output !== undefined) writeLine(io.stdout, output)
  }
  const db = options.db === DEFAULT_DATABASE ? '' : ` --db ${withoutPassword(options.db)}`
  const hint = `more: setpoint tasks show ${tasklet.id}${db}`
  writeLine(io.stderr, formatSummary(tasklet, hint, styleFor(io.stderr, io.env)))
}

function exitCodeOf({ status }: Tasklet, signal: InterruptSignal | undefined): number {
  if (status === 'completed') return EXIT.done
  return signal === undefined ? EXIT.failed : INTERRUPTED[signal]
}
