import { type Command, Option } from 'commander'
import { STATUSES, type Status } from '../../core/status.ts'
import { systemClock } from '../../runtime/clock.ts'
import { withBackend } from '../backend/connect.ts'
import type { Io } from '../io.ts'
import {
  databaseOption,
  type JsonOption,
  jsonOption,
  type TargetOption,
  urlOption,
} from '../options.ts'
import { addPagingOptions, type PagingOptions, readPages, writePage } from '../paging.ts'
import { addFilterOptions, type FilterOptions, toFilter } from '../tasklet-filter.ts'
import { formatTasklets } from '../tasklet-table.ts'
import type { CommandContext } from './context.ts'

interface LsOptions extends FilterOptions, PagingOptions, TargetOption, JsonOption {
  readonly status?: readonly Status[]
}

export function addTasksLs(parent: Command, { io, end }: CommandContext): void {
  const command = parent
    .command('ls')
    .description('list tasklets, newest first')
    .addOption(new Option('--status <status...>', 'only these').choices(STATUSES))
  addPagingOptions(addFilterOptions(command))
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (options: LsOptions) => end(await listTasklets(options, io)))
}

const EXAMPLES = `
Examples:
  $ setpoint tasks ls --status failed cancelled
  $ setpoint tasks ls --task web-service/backup --since 1d --all --json
  $ setpoint tasks ls --tag nightly --text 'disk full*'
`

async function listTasklets(options: LsOptions, io: Io): Promise<number> {
  const { status } = options
  const filter = { status, ...toFilter(options) }
  const page = await withBackend(options, io, ({ tasks }) =>
    readPages(options, (request) => tasks.list(filter, request)),
  )
  return writePage(page, options, io, {
    nothing: 'no tasklet matches',
    format: (items, style) => formatTasklets(items, systemClock.now(), style),
  })
}
