import type { Server } from '../../gateway/server.ts'
import type { Log } from '../../plan/handler.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { withoutPassword } from '../engines/address.ts'
import { type Io, isTerminal, writeLine } from '../io.ts'
import { packageVersion } from '../package.ts'
import { printable, styleFor } from '../style.ts'
import { formatFields } from '../table.ts'

export interface Serving {
  readonly runtime: Runtime
  readonly server: Server
  /** Where the database is. */
  readonly db: string
  readonly asksForToken: boolean
}

/** Says what is served: the address on stdout, the rest to people on a terminal or to the log. */
export async function writeBanner(serving: Serving, io: Io, logger: Log): Promise<void> {
  const { runtime, server, db, asksForToken } = serving
  const plans = runtime.plans.map(({ name, tasks }) => ({ name, tasks: tasks.size }))
  const queues = (await runtime.stats()).queues.map(({ queue, depth }) => ({ queue, depth }))
  const { url } = server
  if (isTerminal(io.stderr, io.env)) {
    const { bold, dim } = styleFor(io.stderr, io.env)
    const fields = [
      ['api', `${url}/docs`],
      ['plans', plans.map(({ name, tasks }) => `${name} (${tasks})`).join(', ') || 'none'],
      ['queues', queues.map(({ queue, depth }) => `${queue} (${depth})`).join(', ')],
      ['database', withoutPassword(db)],
      ['token', asksForToken ? 'needed' : 'none: everybody on this machine may do everything'],
    ] as const
    writeLine(io.stderr, `${bold('setpoint')} ${packageVersion()}`)
    const shown = fields.map(([name, value]) => [name, printable(value)] as const)
    writeLine(io.stderr, formatFields(shown, dim))
    writeLine(io.stderr, dim('Ctrl-C stops'))
  } else
    logger.info('serving', {
      url,
      plans,
      queues,
      db: withoutPassword(db),
      asksForToken,
    })
  writeLine(io.stdout, url)
}
