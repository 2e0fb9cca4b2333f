import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { Command } from 'commander'
import type { CommandContext } from './commands/context.ts'
import { addPlanCheck } from './commands/plan-check.ts'
import { addPlanGraph } from './commands/plan-graph.ts'
import { addPlanPath } from './commands/plan-path.ts'
import { addPlanShow } from './commands/plan-show.ts'
import { addRun } from './commands/run.ts'
import { addTasksCancel } from './commands/tasks-cancel.ts'
import { addTasksLs } from './commands/tasks-ls.ts'
import { addTasksShow } from './commands/tasks-show.ts'

const EXIT_CODES = `
Exit codes:
  0  done
  1  the task failed, or the answer is no
  2  bad usage or bad input, a plan that cannot be used included
  3  the database cannot be reached

Examples:
  $ setpoint run web-service/smoke-test
  $ setpoint plan graph web-service
  $ setpoint tasks ls --status failed
`

/** The whole command line. It never ends the process: it throws CommanderError instead. */
export function createProgram(context: CommandContext): Command {
  const { io } = context
  const program = new Command('setpoint')
    .description('Brings the world into the state that a task needs, then runs the task.')
    .version(packageVersion(), '--version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError('(--help shows how it is used)')
    .helpCommand(false)
    .addHelpText('after', EXIT_CODES)
  addRun(program, context)
  const plan = program
    .command('plan')
    .helpCommand(false)
    .description('look at plans without running anything')
  for (const add of [addPlanCheck, addPlanShow, addPlanPath, addPlanGraph]) add(plan, context)
  const tasks = program
    .command('tasks')
    .helpCommand(false)
    .description('look at tasklets in the database')
  for (const add of [addTasksLs, addTasksShow, addTasksCancel]) add(tasks, context)
  return program
}

function packageVersion(): string {
  const file = findPackageJSON('..', import.meta.url)
  if (file === undefined) throw new Error('the package.json of setpoint is missing')
  return String(JSON.parse(readFileSync(file, 'utf8')).version)
}
