import type { Command } from 'commander'
import type { ToldEvent } from '../backend/backend.ts'
import { withBackend } from '../backend/connect.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeLine } from '../io.ts'
import { type JsonOption, jsonOption, urlOption } from '../options.ts'
import { printable, type Style, styleFor } from '../style.ts'
import type { CommandContext } from './context.ts'

interface TailOptions extends JsonOption {
  readonly url?: string
}

/** Where "setpoint serve" listens unless told otherwise. */
const NEARBY = 'http://127.0.0.1:4680'

export function addEventsTail(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('tail')
    .description('show what a server tells, as it happens, until Ctrl-C')
    .argument('[pattern]', 'of event names: * stands for one word, ** for any number', '**')
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (pattern: string, options: TailOptions) => end(await tail(pattern, options, io)))
}

const EXAMPLES = `
Events are told by the process that runs the work: without --url, by the server at ${NEARBY}.
When the connection is lost it is made again, and what was told meanwhile is shown then. With --json
each event is one line.

Examples:
  $ setpoint events tail
  $ setpoint events tail 'tasklet.*' --url http://10.0.0.7:4680
  $ setpoint events tail 'order.**' --json | jq .data
`

async function tail(pattern: string, options: TailOptions, io: Io): Promise<number> {
  const leave = new AbortController()
  const forget = io.onInterrupt(() => leave.abort())
  const style = styleFor(io.stdout, io.env)
  const aside = styleFor(io.stderr, io.env).yellow
  const lost = (what: string) => writeLine(io.stderr, aside(`events are missing: ${what}`))
  try {
    await withBackend({ db: '', url: options.url ?? NEARBY }, io, async ({ events }) => {
      for await (const event of events.tail(pattern, { signal: leave.signal, lost })) {
        writeLine(io.stdout, options.json ? JSON.stringify(event) : describe(event, style))
      }
    })
    return EXIT.done
  } finally {
    forget()
  }
}

const WIDEST_NAME = 22
const WIDEST_DATA = 160

function describe({ name, at, data }: ToldEvent, { bold, dim }: Style): string {
  const time = new Date(at).toISOString().slice(11, 23)
  const said = printable(summaryOf(data))
  return `${dim(time)}  ${bold(printable(name).padEnd(WIDEST_NAME))}  ${said}`.trimEnd()
}

/** What it is about: a tasklet, or else the data itself. */
function summaryOf(data: unknown): string {
  const { tasklet } = (data ?? {}) as { readonly tasklet?: unknown }
  if (typeof tasklet === 'object' && tasklet !== null) {
    const { id, plan, task } = tasklet as Readonly<Record<string, unknown>>
    return `${plan}/${task}  ${id}`
  }
  const text = JSON.stringify(data) ?? ''
  return text.length <= WIDEST_DATA ? text : `${text.slice(0, WIDEST_DATA)}…`
}
