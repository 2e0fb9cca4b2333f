import type { Command } from 'commander'
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
import { formatDeadLetters } from '../tasklet-table.ts'
import type { CommandContext } from './context.ts'

interface LsOptions extends FilterOptions, PagingOptions, TargetOption, JsonOption {
  readonly replayed?: true
}

export function addDlqLs(parent: Command, { io, end }: CommandContext): void {
  const command = parent
    .command('ls')
    .description('list dead letters, newest first')
    .option('--replayed', 'those that were replayed instead')
  addPagingOptions(addFilterOptions(command))
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (options: LsOptions) => end(await listDeadLetters(options, io)))
}

const EXAMPLES = `
Examples:
  $ setpoint dlq ls
  $ setpoint dlq ls --task web-service/backup --text 'disk full' --all --json
`

async function listDeadLetters(options: LsOptions, io: Io): Promise<number> {
  const filter = { ...toFilter(options), replayed: options.replayed === true }
  const page = await withBackend(options, io, ({ deadLetters }) =>
    readPages(options, (request) => deadLetters.list(filter, request)),
  )
  return writePage(page, options, io, {
    nothing: 'no dead letter matches',
    format: (items, style) => formatDeadLetters(items, systemClock.now(), style),
  })
}
