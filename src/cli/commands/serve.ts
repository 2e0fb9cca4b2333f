import { type Command, InvalidArgumentError, Option } from 'commander'
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
  toDuration,
  topicsOption,
  workOption,
} from '../options.ts'
import { LOG_LEVELS } from '../serve/hosting.ts'
import { serveUntilStopped } from '../serve/serve.ts'
import type { CommandContext } from './context.ts'

interface ServeFlags extends PlansOption, DatabaseOption, BrokerAddresses {
  readonly host: string
  readonly port: number
  readonly work?: readonly string[] | false
  readonly watch?: boolean
  readonly drain?: string | number
  readonly logLevel?: (typeof LOG_LEVELS)[number]
}

export function addServe(parent: Command, { io, end }: CommandContext): void {
  const command = parent.command('serve')
  refuseBoth(command, 'work', 'no-work')
  command
    .description('run the plans and answer over HTTP until told to stop')
    .option('--port <port>', 'the port; 0 takes one that is free (default: 4680)', toPort)
    .option('--host <host>', 'the address to listen on (default: "127.0.0.1")')
    .addOption(plansOption())
    .addOption(databaseOption())
    .addOption(dispatchOption())
    .addOption(topicsOption())
    .addOption(submissionsOption())
    .addOption(workOption())
    .option('--no-work', 'run nothing here: workers do ("setpoint worker")')
    .option('--watch', 'load plans again when their files change')
    .option('--drain <duration>', 'time for running work to end (default: 30s)', toDuration)
    .addOption(new Option('--log-level <level>', 'the least that is logged').choices(LOG_LEVELS))
    .addHelpText('after', EXAMPLES)
    .action(async (flags: ServeFlags) => end(await serve(flags, io)))
}

const EXAMPLES = `
The address goes to stdout when it listens, logs go to stderr. The first Ctrl-C or SIGTERM takes in
nothing more and lets running work end, the second ends at once; what is left is taken up at the next
start. Any host but this machine needs a token: SETPOINT_TOKEN, or "setpoint token add".

With --no-work it takes in and answers, and "setpoint worker" runs what it has taken in: any number of
them, on the same database.

Examples:
  $ setpoint serve
  $ setpoint serve --port 8080 --plans ./factory --watch
  $ SETPOINT_TOKEN=$(cat token) setpoint serve --host 0.0.0.0
  $ setpoint serve --no-work --db mysql://root@db/setpoint --dispatch redis://redis
`

async function serve(flags: ServeFlags, io: Io): Promise<number> {
  const file = (await readConfig(process.cwd()))?.values ?? {}
  const work = flags.work === false ? [] : flags.work
  return serveUntilStopped({ ...flags, work, file }, io)
}

/** Before the options are added: whoever listens first sees what was given before it is joined. */
function refuseBoth(command: Command, ...names: readonly string[]): void {
  const given = new Set<string>()
  for (const name of names) {
    command.on(`option:${name}`, () => {
      given.add(name)
      if (given.size < names.length) return
      command.error(`error: give ${names.map((each) => `--${each}`).join(' or ')}, not both`)
    })
  }
}

function toPort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('Give a port, a whole number 0..65535.')
}
