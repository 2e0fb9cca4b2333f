import type { Command } from 'commander'
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
import { printable } from '../style.ts'
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

async function setPaused(
  name: string,
  paused: boolean,
  options: PauseOptions,
  io: Io,
): Promise<number> {
  const pending = await withBackend(options, io, ({ queues }) => queues.setPaused(name, paused))
  if (options.json) writeJson(io.stdout, { queue: name, paused, pending })
  else {
    const state = paused ? 'is paused' : 'is open'
    writeLine(io.stdout, `queue "${printable(name)}" ${state}, ${pending} pending`)
  }
  return EXIT.done
}
