import type { Command } from 'commander'
import { TaskletError } from '../../core/errors.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import { createRuntime, DEFAULT_DATABASE } from '../../create-runtime.ts'
import type { Task } from '../../plan/model.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { TaskletHandle } from '../../runtime/handle.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { sqliteStore } from '../../stores/sqlite/store.ts'
import { EXIT } from '../failure.ts'
import { readInput } from '../input.ts'
import { INTERRUPTED, type InterruptSignal, type Io, writeJson, writeLine } from '../io.ts'
import { collectRescued, countWaiting, describeLeftovers } from '../leftovers.ts'
import {
  type DatabaseOption,
  databaseOption,
  type JsonOption,
  jsonOption,
  type PlansOption,
  plansOption,
} from '../options.ts'
import { DEFAULT_PLANS, findTask } from '../plans.ts'
import { createRunLog } from '../run-log.ts'
import { RunProgress } from '../run-progress.ts'
import { formatOutput, formatSummary, runResult } from '../run-summary.ts'
import { createScreen, type Screen } from '../screen.ts'
import { styleFor } from '../style.ts'
import type { CommandContext } from './context.ts'

interface RunOptions extends PlansOption, DatabaseOption, JsonOption {
  readonly input?: string
}

/** How long other tasklets that run in this process may take to end. */
const DRAIN = '30s'

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
  const store = sqliteStore(options.db)
  const runtime = await createRuntime({
    plans: options.plans ?? DEFAULT_PLANS,
    store,
    logger: createRunLog(screen, style),
  })
  const task = findTask(runtime.plans, name)
  new RunProgress(task, screen, style, systemClock.now).listen(runtime.events)
  const rescued = collectRescued(runtime.events)
  const others = collectOthers(runtime.events)
  try {
    await store.open()
    const waiting = await countWaiting(store, runtime.plans)
    await runtime.start()
    const leftovers = describeLeftovers(waiting, rescued)
    if (leftovers !== undefined) screen.line(style.dim(leftovers))
    return await submitAndWait(runtime, task, input, { options, io, screen })
  } finally {
    const stopWaiting = 
    await runtime.stop({ drain: DRAIN })
    await store.close()
    screen.close()
  }
}
/** No `--input` at all is an empty map for a task that wants a map. */
function emptyInput({ input }: Task): unknown {
  return input === undefined || input.safeParse(undefined).success ? undefined : {}
}

async function settled(runtime: Runtime, handle: TaskletHandle): Promise<Tasklet> {
  try {
    await handle.result()
  } catch (error) {
    // How it ended stands in its record; anything else means that the end is not known.
    if (!(error instanceof TaskletError)) throw error
  }
  const tasklet = await runtime.get(handle.id)
  if (tasklet === undefined) throw new Error(`tasklet ${handle.id} has ended and has no record`)
  return tasklet
}

function cancelOnInterrupt(runtime: Runtime, handle: TaskletHandle, io: Io, screen: Screen) {
  const state: { signal: InterruptSignal | undefined } = { signal: undefined }
  const stop = io.onInterrupt((signal) => {
    if (state.signal !== undefined) {
      screen.close()
      io.exit(INTERRUPTED[signal])
      return
    }
    state.signal = signal
    screen.line('cancelling and waiting for the end; the same again exits at once')
    runtime.cancel(handle.id, `interrupted by ${signal}`).catch((error: unknown) => {
      screen.line(`cannot cancel: ${error instanceof Error ? error.message : String(error)}`)
    })
  })
  return {
    stop,
    get signal() {
      return state.signal
    },
  }
}

function report(tasklet: Tasklet, options: RunOptions, io: Io): void {
  if (options.json) writeJson(io.stdout, runResult(tasklet))
  else {
    const output = formatOutput(tasklet.output)
    if (output !== undefined) writeLine(io.stdout, output)
  }
  const db = options.db === DEFAULT_DATABASE ? '' : ` --db ${options.db}`
  const hint = `more: setpoint tasks show ${tasklet.id}${db}`
  writeLine(io.stderr, formatSummary(tasklet, hint, styleFor(io.stderr, io.env)))
}
