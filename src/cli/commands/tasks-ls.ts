import { type Command, Option } from 'commander'
import { formatDuration } from '../../core/duration.ts'
import { STATUSES, type Status } from '../../core/status.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { ListFilter } from '../../ports/store.ts'
import { systemClock } from '../../runtime/clock.ts'
import { withDatabase } from '../database.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import {
  type DatabaseOption,
  databaseOption,
  type JsonOption,
  jsonOption,
  toCount,
} from '../options.ts'
import { type Style, styleFor } from '../style.ts'
import { formatTable } from '../table.ts'
import { formatAge, formatStatus } from '../tasklet-text.ts'
import type { CommandContext } from './context.ts'

interface LsOptions extends DatabaseOption, JsonOption {
  readonly status?: readonly Status[]
  readonly plan?: string
  readonly task?: string
  readonly limit: number
  readonly cursor?: string
}

export function addTasksLs(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('ls')
    .description('list tasklets, newest first')
    .addOption(new Option('--status <status...>', 'only these').choices(STATUSES))
    .option('--plan <name>', 'only of this plan')
    .option('--task <name>', 'only of this task: its name, or plan/task')
    .option('--limit <count>', 'how many', toCount, 20)
    .option('--cursor <cursor>', 'go on where the page before ended')
    .addOption(databaseOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (options: LsOptions) => end(await listTasklets(options, io)))
}

const EXAMPLES = `
Examples:
  $ setpoint tasks ls --status failed cancelled
  $ setpoint tasks ls --task web-service/backup --limit 100 --json
`

async function listTasklets(options: LsOptions, io: Io): Promise<number> {
  const page = await withDatabase(options.db, (store) => store.list(toFilter(options)))
  if (options.json) {
    writeJson(io.stdout, page)
    return EXIT.done
  }
  const aside = styleFor(io.stderr, io.env).dim
  if (page.items.length === 0) writeLine(io.stderr, aside('no tasklet matches'))
  else {
    const style = styleFor(io.stdout, io.env)
    writeLine(io.stdout, describe(page.items, systemClock.now(), style))
  }
  if (page.cursor !== undefined) {
    writeLine(io.stderr, aside(`there are more: --limit COUNT, or --cursor ${page.cursor}`))
  }
  return EXIT.done
}

function toFilter({ status, plan, task, limit, cursor }: LsOptions): ListFilter {
  const slash = task?.indexOf('/') ?? -1
  // A task of the tasks folder has slashes in its own name: with --plan, --task is all of it.
  if (task === undefined || slash < 0 || plan !== undefined) {
    return { status, plan, task, limit, cursor }
  }
  return { status, plan: task.slice(0, slash), task: task.slice(slash + 1), limit, cursor }
}

function describe(tasklets: readonly Tasklet[], now: number, style: Style): string {
  const columns = [
    { title: 'id' },
    { title: 'task', style: style.bold },
    { title: 'status', style: (text: string) => formatStatus(text.trimEnd(), style, text) },
    { title: 'attempts', align: 'right' },
    { title: 'age', align: 'right' },
    { title: 'duration', align: 'right' },
  ] as const
  const rows = tasklets.map((tasklet) => [
    tasklet.id,
    `${tasklet.plan}/${tasklet.task}`,
    tasklet.status,
    `${tasklet.attempts}/${tasklet.maxAttempts}`,
    formatAge(now - tasklet.createdAt),
    tasklet.actualDuration === undefined ? '-' : formatDuration(tasklet.actualDuration),
  ])
  return formatTable(columns, rows, style.dim)
}
