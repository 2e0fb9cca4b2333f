import { Command } from 'commander'
import { addBackup } from './commands/backup.ts'
import { addCompletion } from './commands/completion.ts'
import type { CommandContext } from './commands/context.ts'
import { addDlqDiscard } from './commands/dlq-discard.ts'
import { addDlqLs } from './commands/dlq-ls.ts'
import { addDlqReplay } from './commands/dlq-replay.ts'
import { addDlqShow } from './commands/dlq-show.ts'
import { addDoctor } from './commands/doctor.ts'
import { addEventsEmit } from './commands/events-emit.ts'
import { addEventsTail } from './commands/events-tail.ts'
import { addEventsWaits } from './commands/events-waits.ts'
import { addInit } from './commands/init.ts'
import { addInterruptDisable } from './commands/interrupt-disable.ts'
import { addInterruptEnable } from './commands/interrupt-enable.ts'
import { addInterruptLs } from './commands/interrupt-ls.ts'
import { addMigrate } from './commands/migrate.ts'
import { addPlanCheck } from './commands/plan-check.ts'
import { addPlanExport } from './commands/plan-export.ts'
import { addPlanGraph } from './commands/plan-graph.ts'
import { addPlanImport } from './commands/plan-import.ts'
import { addPlanPath } from './commands/plan-path.ts'
import { addPlanShow } from './commands/plan-show.ts'
import { addQueueClear } from './commands/queue-clear.ts'
import { addQueueList } from './commands/queue-list.ts'
import { addQueueLs } from './commands/queue-ls.ts'
import { addQueueMove } from './commands/queue-move.ts'
import { addQueuePause, addQueueResume } from './commands/queue-pause.ts'
import { addQueuePriority } from './commands/queue-priority.ts'
import { addQueueReorder } from './commands/queue-reorder.ts'
import { addRun } from './commands/run.ts'
import { addScheduleDisable } from './commands/schedule-disable.ts'
import { addScheduleEnable } from './commands/schedule-enable.ts'
import { addScheduleLs } from './commands/schedule-ls.ts'
import { addScheduleNext } from './commands/schedule-next.ts'
import { addScheduleRun } from './commands/schedule-run.ts'
import { addServe } from './commands/serve.ts'
import { addStats } from './commands/stats.ts'
import { addSubmit } from './commands/submit.ts'
import { addTasksCancel } from './commands/tasks-cancel.ts'
import { addTasksExplain } from './commands/tasks-explain.ts'
import { addTasksLs } from './commands/tasks-ls.ts'
import { addTasksRetry } from './commands/tasks-retry.ts'
import { addTasksShow } from './commands/tasks-show.ts'
import { addTasksTimeline } from './commands/tasks-timeline.ts'
import { addTokenAdd } from './commands/token-add.ts'
import { addTokenLs } from './commands/token-ls.ts'
import { addTokenRevoke } from './commands/token-revoke.ts'
import { addWorker } from './commands/worker.ts'
import { packageVersion } from './package.ts'

const EXIT_CODES = `
Exit codes:
  0  done
  1  the task failed, or the answer is no
  2  bad usage or bad input, a plan that cannot be used included
  3  the database, the server or a broker cannot be reached

Examples:
  $ setpoint init demo
  $ setpoint run web-service/smoke-test
  $ setpoint submit web-service/backup --input '{"folder": "./backups"}' --delay 2h
  $ setpoint plan graph web-service
  $ setpoint tasks ls --status failed
  $ setpoint stats --watch
`

interface Group {
  readonly name: string
  readonly description: string
  readonly commands: readonly ((parent: Command, context: CommandContext) => void)[]
}

const GROUPS: readonly Group[] = [
  {
    name: 'tasks',
    description: 'look at tasklets in the database, cancel them and run them again',
    commands: [
      addTasksLs,
      addTasksShow,
      addTasksExplain,
      addTasksTimeline,
      addTasksCancel,
      addTasksRetry,
    ],
  },
  {
    name: 'queue',
    description: 'look at queues and change what they do and in which order',
    commands: [
      addQueueLs,
      addQueueList,
      addQueuePause,
      addQueueResume,
      addQueueMove,
      addQueuePriority,
      addQueueReorder,
      addQueueClear,
    ],
  },
  {
    name: 'dlq',
    description: 'look at dead letters, run them again or delete them',
    commands: [addDlqLs, addDlqShow, addDlqReplay, addDlqDiscard],
  },
  {
    name: 'schedule',
    description: 'look at the schedules of plans, run one now, switch them on and off',
    commands: [
      addScheduleLs,
      addScheduleNext,
      addScheduleRun,
      addScheduleEnable,
      addScheduleDisable,
    ],
  },
  {
    name: 'interrupt',
    description: 'look at the interrupts of plans and switch them on and off',
    commands: [addInterruptLs, addInterruptEnable, addInterruptDisable],
  },
  {
    name: 'events',
    description: 'tell events to running work, and see who waits for one',
    commands: [addEventsTail, addEventsEmit, addEventsWaits],
  },
  {
    name: 'token',
    description: 'make tokens for a server on the database, list them and revoke them',
    commands: [addTokenAdd, addTokenLs, addTokenRevoke],
  },
  {
    name: 'plan',
    description: 'look at plans without running anything',
    commands: [addPlanCheck, addPlanShow, addPlanPath, addPlanGraph, addPlanExport, addPlanImport],
  },
]

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
  addInit(program, context)
  addRun(program, context)
  addServe(program, context)
  addWorker(program, context)
  addSubmit(program, context)
  for (const { name, description, commands } of GROUPS) {
    const group = program.command(name).helpCommand(false).description(description)
    for (const add of commands) add(group, context)
  }
  addStats(program, context)
  addDoctor(program, context)
  addMigrate(program, context)
  addBackup(program, context)
  addCompletion(program, context)
  return program
}
