import type { Command } from 'commander'
import { fullTaskName } from '../../core/tasklet.ts'
import { withBackend } from '../backend/connect.ts'
import { EXIT } from '../failure.ts'
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
import { styleFor } from '../style.ts'
import type { CommandContext } from './context.ts'

type RunOptions = PlansOption & TargetOption & JsonOption

export function addScheduleRun(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('run')
    .description("submit a schedule's task now, with its fixed input")
    .argument('<plan/schedule>', 'the schedule')
    .addOption(plansOption())
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: RunOptions) => end(await runNow(id, options, io)))
}

const EXAMPLES = `
The id goes to stdout. The tasklet is stored, and a runtime on the same database runs it, as does the
next "setpoint run". It does not matter whether the schedule is on, or what of it is under way.

Examples:
  $ setpoint schedule run web-service/nightly
  $ setpoint tasks show $(setpoint schedule run web-service/nightly)
`

async function runNow(id: string, options: RunOptions, io: Io): Promise<number> {
  const tasklet = await withBackend(options, io, ({ schedules }) => schedules.run(id))
  if (options.json) {
    const { status, queue, priority } = tasklet
    writeJson(io.stdout, { id: tasklet.id, task: fullTaskName(tasklet), status, queue, priority })
  } else {
    const aside = styleFor(io.stderr, io.env).dim
    writeLine(io.stdout, tasklet.id)
    writeLine(io.stderr, aside(`${fullTaskName(tasklet)} is stored: a runtime has to run it`))
  }
  return EXIT.done
}
