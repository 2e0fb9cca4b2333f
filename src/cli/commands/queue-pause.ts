import type { Command } from 'commander'
import { nearestName } from '../../plan/nearest.ts'
import { BUILT_IN_QUEUES } from '../../runtime/options/queue-options.ts'
import { withBackend } from '../backend/connect.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import {
  databaseOption,
  type JsonOption,
  jsonOption,
  type TargetOption,
  urlOption,
} from '../options.ts'
import { printable, styleFor } from '../style.ts'
import type { CommandContext } from './context.ts'

type PauseOptions = TargetOption & JsonOption

export function addQueuePause(parent: Command, context: CommandContext): void {
  addSwitch(parent, context, {
    name: 'pause',
    description: 'start nothing more from a queue, in any process; what runs goes on',
    paused: true,
  })
}

export function addQueueResume(parent: Command, context: CommandContext): void {
  addSwitch(parent, context, {
    name: 'resume',
    description: 'start work from a paused queue again',
    paused: false,
  })
}

interface Switch {
  readonly name: 'pause' | 'resume'
  readonly description: string
  readonly paused: boolean
}

function addSwitch(parent: Command, { io, end }: CommandContext, to: Switch): void {
  parent
    .command(to.name)
    .description(to.description)
    .argument('<queue>', 'the queue')
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', `\nExamples:\n  $ setpoint queue ${to.name} main\n`)
    .action(async (queue: string, options: PauseOptions) =>
      end(await setPaused(queue, to.paused, options, io)),
    )
}

/** A database does not know which queues runtimes declare: the name may be right all the same. */
function warnOfUnknown(name: string, known: readonly string[], io: Io): void {
  if (known.includes(name)) return
  const nearest = nearestName(name, known)
  const hint =
    nearest === undefined
      ? `those that it knows: ${known.join(', ')}`
      : `did you mean "${nearest}"?`
  const said = `the database knows no queue "${name}"; ${hint}`
  writeLine(io.stderr, `${styleFor(io.stderr, io.env).yellow('warning:')} ${printable(said)}`)
}

async function setPaused(
  name: string,
  paused: boolean,
  options: PauseOptions,
  io: Io,
): Promise<number> {
  const { pending, known } = await withBackend(options, io, async ({ queues }) => {
    const known = (await queues.list()).map(({ queue }) => queue)
    return { known, pending: await queues.setPaused(name, paused) }
  })
  warnOfUnknown(name, [...new Set([...BUILT_IN_QUEUES, ...known])], io)
  if (options.json) writeJson(io.stdout, { queue: name, paused, pending })
  else {
    const state = paused ? 'is paused' : 'is open'
    writeLine(io.stdout, `queue "${printable(name)}" ${state}, ${pending} pending`)
  }
  return EXIT.done
}
