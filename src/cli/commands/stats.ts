import type { Command } from 'commander'
import type { Store } from '../../ports/store.ts'
import { systemClock } from '../../runtime/clock.ts'
import { DEFAULT_WINDOW } from '../../runtime/operations/stats.ts'
import { withDatabase } from '../database.ts'
import { EXIT } from '../failure.ts'
import { type Io, isRedrawable, writeJson, writeLine } from '../io.ts'
import { showLive } from '../live-view.ts'
import { type MonitorReading, readMonitor } from '../monitor.ts'
import { formatMonitor } from '../monitor-view.ts'
import {
  type DatabaseOption,
  databaseOption,
  type JsonOption,
  jsonOption,
  toDuration,
} from '../options.ts'
import { styleFor } from '../style.ts'
import type { CommandContext } from './context.ts'

interface StatsOptions extends DatabaseOption, JsonOption {
  readonly watch?: true
  readonly window: number
}

export function addStats(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('stats')
    .description('depth, waiting times, throughput and health of every queue')
    .option(
      '--window <duration>',
      'how far back times and throughput look',
      toDuration,
      DEFAULT_WINDOW,
    )
    .option('--watch', 'go on showing it, on a terminal')
    .addOption(databaseOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (options: StatsOptions) => end(await showStats(options, io)))
}

const EXAMPLES = `
Percentiles are too high by a quarter at the most. Elsewhere than on a terminal --watch shows it once.
Exit code 1 when work is stalled.

Examples:
  $ setpoint stats --watch
  $ setpoint stats --window 1h
  $ setpoint stats --json | jq -r .health.status
`

const REFRESH = 1000

async function showStats(options: StatsOptions, io: Io): Promise<number> {
  const last = await withDatabase(options.db, (store) => show(store, options, io))
  return last.stats.health.status === 'stalled' ? EXIT.failed : EXIT.done
}

async function show(store: Store, options: StatsOptions, io: Io): Promise<MonitorReading> {
  const read = () => readMonitor(store, systemClock, options.window)
  const style = styleFor(io.stdout, io.env)
  if (options.watch && !options.json && isRedrawable(io.stdout, io.env)) {
    const draw = (reading: MonitorReading) => formatMonitor(reading, style)
    return showLive({ io, clock: systemClock, every: REFRESH, read, draw })
  }
  const reading = await read()
  if (options.json) writeJson(io.stdout, { ...reading.stats, minutes: reading.minutes })
  else writeLine(io.stdout, formatMonitor(reading, style))
  return reading
}
