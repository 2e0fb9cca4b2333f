import type { Command } from 'commander'
import { InputError } from '../../core/errors.ts'
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

type MoveOptions = TargetOption & JsonOption

export function addQueueMove(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('move')
    .description('move one pending tasklet within its queue; the others keep their order')
    .argument('<id>', 'the id, or enough of its start to name one')
    .argument('<position>', 'front, end, or a number as "queue list" shows it')
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, position: string, options: MoveOptions) =>
      end(await move(id, position, options, io)),
    )
}

const EXAMPLES = `
It takes over the priority of its new place.

Examples:
  $ setpoint queue move 019a7c3e-5d21 front
  $ setpoint queue move 019a7c3e-5d21 3
`

async function move(id: string, to: string, options: MoveOptions, io: Io): Promise<number> {
  const position = toPosition(to)
  const moved = await withBackend(options, io, async ({ tasks, queues }) => {
    const tasklet = await tasks.find(id)
    const place = await queues.move(tasklet, position)
    return { id: tasklet.id, queue: tasklet.queue, ...place }
  })
  if (options.json) writeJson(io.stdout, moved)
  else {
    const place = `${moved.position} of queue "${printable(moved.queue)}"`
    writeLine(io.stdout, `${moved.id} is at position ${place}, priority ${moved.priority}`)
  }
  return EXIT.done
}

/** Positions count from 0; a large one is the end. */
function toPosition(text: string): number {
  if (text === 'front') return 0
  if (text === 'end') return Number.MAX_SAFE_INTEGER
  if (/^\d+$/.test(text)) return Number(text)
  throw new InputError(`"${text}" is not a position: use front, end, or a number from 0`)
}
