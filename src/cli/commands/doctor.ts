import type { Command } from 'commander'
import { InputError } from '../../core/errors.ts'
import { systemClock } from '../../runtime/clock.ts'
import { checkBrokers } from '../doctor/brokers.ts'
import { checkDatabase } from '../doctor/database.ts'
import { checkDatabaseServer } from '../doctor/database-server.ts'
import type { Finding } from '../doctor/finding.ts'
import { checkClock, checkNode } from '../doctor/machine.ts'
import { checkPlans } from '../doctor/plans.ts'
import { formatFindings } from '../doctor/report.ts'
import { checkPort, checkServer } from '../doctor/server.ts'
import { isServer } from '../engines/address.ts'
import type { BrokerAddresses } from '../engines/brokers.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import {
  type DatabaseOption,
  databaseOption,
  dispatchOption,
  type JsonOption,
  jsonOption,
  type PlansOption,
  plansOption,
  submissionsOption,
  toPort,
  topicsOption,
} from '../options.ts'
import { createScreen } from '../screen.ts'
import { styleFor } from '../style.ts'
import type { CommandContext } from './context.ts'

interface DoctorOptions extends PlansOption, DatabaseOption, BrokerAddresses, JsonOption {
  readonly url?: string
  readonly port: number
}

const DEFAULT_PORT = 4680

export function addDoctor(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('doctor')
    .description('look whether everything is in order, and say what to do where it is not')
    .option('--url <url>', 'look at this server instead of the database (SETPOINT_URL)')
    .option('--port <port>', 'where setpoint serve is to listen', toPort, DEFAULT_PORT)
    .addOption(plansOption())
    .addOption(databaseOption())
    .addOption(dispatchOption())
    .addOption(topicsOption())
    .addOption(submissionsOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (options: DoctorOptions) => end(await diagnose(options, io)))
}

const EXAMPLES = `
It changes nothing. Exit code 1 when something is wrong (✖); a warning (!) is no reason for that.

Examples:
  $ setpoint doctor
  $ setpoint doctor --db postgres://app@db/app --dispatch redis://redis
  $ setpoint doctor --url https://setpoint.example.com
  $ setpoint doctor --json | jq -r '.checks[] | select(.status != "ok").fix'
`

async function diagnose(options: DoctorOptions, io: Io): Promise<number> {
  const findings = await find(options, io)
  const isWell = findings.every(({ status }) => status !== 'problem')
  if (options.json) writeJson(io.stdout, { ok: isWell, checks: findings })
  else writeLine(io.stdout, formatFindings(findings, styleFor(io.stdout, io.env)))
  return isWell ? EXIT.done : EXIT.failed
}

async function find(options: DoctorOptions, io: Io): Promise<readonly Finding[]> {
  const url = options.url ?? io.env['SETPOINT_URL']
  const machine = [checkNode(process.versions.node), checkClock(systemClock.now())]
  const screen = createScreen(io)
  try {
    if (url !== undefined && url !== '') {
      screen.activity('asking the server')
      const address = { url: requireUrl(url), token: io.env['SETPOINT_TOKEN'] || undefined }
      return [...machine, ...(await checkServer(address, systemClock))]
    }
    screen.activity('reading the database')
    const database = await (isServer(options.db)
      ? checkDatabaseServer(options.db, systemClock)
      : checkDatabase(options.db))
    screen.activity('asking the brokers')
    const brokers = await checkBrokers(options)
    screen.activity('loading the plans')
    const plans = await checkPlans(options.plans)
    return [
      ...machine,
      ...database,
      ...brokers,
      ...plans,
      await checkPort(options.port, systemClock),
    ]
  } finally {
    screen.close()
  }
}

/** @throws {InputError} */
function requireUrl(text: string): string {
  const url = URL.parse(text)
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url.origin
  throw new InputError(`"${text}" is no address: give one such as http://127.0.0.1:4680`)
}
