import type { Command } from 'commander'
import { systemClock } from '../../runtime/clock.ts'
import { DEFAULT_WINDOW, type Stats } from '../../runtime/operations/stats.ts'
import type { Backend } from '../backend/backend.ts'
import { withBackend } from '../backend/connect.ts'
import { EXIT } from '../failure.ts'
import { type Io, isRedrawable, writeJson, writeLine } from '../io.ts'
import { showLive } from '../live-view.ts'
import { formatMonitor } from '../monitor-view.ts'
import {
  databaseOption,
  type JsonOption,
  jsonOption,
  type TargetOption,
  toDuration,
  urlOption,
} from '../options.ts'
import { styleFor } from '../style.ts'
import type { CommandContext } from './context.ts'

interface StatsOptions extends TargetOption, JsonOption {
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
    .addOption(urlOption())
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
  const last = await withBackend(options, io, (backend) => show(backend, options, io))
  return last.health.status === 'stalled' ? EXIT.failed : EXIT.done
}

async function show(backend: Backend, options: StatsOptions, io: Io): Promise<Stats> {
  const read = () => backend.stats(options.window)
  const style = styleFor(io.stdout, io.env)
  if (options.watch && !options.json && isRedrawable(io.stdout, io.env)) {
    const draw = (reading: Stats) => formatMonitor(reading, style)
    return showLive({ io, clock: systemClock, every: REFRESH, read, draw })
  }
  const reading = await read()
  if (options.json) writeJson(io.stdout, reading)
  else writeLine(io.stdout, formatMonitor(reading, style))
  return reading
}
