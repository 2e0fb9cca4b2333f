import { type Command, Option } from 'commander'
import { readConfig } from '../config/read-config.ts'
import type { BrokerAddresses } from '../engines/brokers.ts'
import type { Io } from '../io.ts'
import {
  type DatabaseOption,
  databaseOption,
  dispatchOption,
  type PlansOption,
  plansOption,
  submissionsOption,
  toCount,
  toDuration,
  topicsOption,
  workOption,
} from '../options.ts'
import { LOG_LEVELS } from '../serve/hosting.ts'
import { workUntilStopped } from '../serve/work.ts'
import type { CommandContext } from './context.ts'

interface WorkerFlags extends PlansOption, DatabaseOption, BrokerAddresses {
  readonly work?: readonly string[]
  readonly concurrency?: number
  readonly watch?: boolean
  readonly drain?: string | number
  readonly logLevel?: (typeof LOG_LEVELS)[number]
}

export function addWorker(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('worker')
    .description('run the tasklets of the plans beside other processes, until told to stop')
    .addOption(plansOption())
    .addOption(databaseOption())
    .addOption(dispatchOption())
    .addOption(topicsOption())
    .addOption(submissionsOption())
    .addOption(workOption())
    .option('--concurrency <count>', 'tasklets of queue main that run at once', toCount)
    .option('--watch', 'load plans again when their files change')
    .option('--drain <duration>', 'time for running work to end (default: 30s)', toDuration)
    .addOption(new Option('--log-level <level>', 'the least that is logged').choices(LOG_LEVELS))
    .addHelpText('after', EXAMPLES)
    .action(async (flags: WorkerFlags) => end(await work(flags, io)))
}

const EXAMPLES = `
Any number of workers share one database; they come and go as they please. The first Ctrl-C or SIGTERM
takes nothing more and lets running work end, the second ends at once; what is left is taken up by
the others. It says "working" on stdout when it has started, logs go to stderr.

Examples:
  $ setpoint worker --db postgres://app@db/app
  $ setpoint worker --db mysql://root@db/setpoint --dispatch redis://redis --concurrency 50
  $ setpoint worker --db mysql://root@db/setpoint --work reports
`

async function work(flags: WorkerFlags, io: Io): Promise<number> {
  const file = (await readConfig(process.cwd()))?.values ?? {}
  return workUntilStopped({ ...flags, file }, io)
}
