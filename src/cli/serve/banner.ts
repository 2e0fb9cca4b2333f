import type { Server } from '../../gateway/server.ts'
import type { Log } from '../../plan/handler.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { withoutPassword } from '../engines/address.ts'
import type { BrokerAddresses } from '../engines/brokers.ts'
import { type Io, isTerminal, writeLine } from '../io.ts'
import { packageVersion } from '../package.ts'
import { printable, styleFor } from '../style.ts'
import { formatFields } from '../table.ts'

export interface Serving {
  readonly runtime: Runtime
  readonly server: Server
  readonly asksForToken: boolean
  readonly at: Places
}

/** Where its database and brokers are, and of which queues it runs tasklets; undefined: of all. */
export interface Places extends BrokerAddresses {
  readonly db: string
  readonly work?: readonly string[] | undefined
}

/** As they may be shown; brokers that are not named are left out. */
export function toShown({ db, dispatch, topics, submissions }: Places) {
  const named = Object.entries({ dispatch, topics, submissions }).flatMap(([role, address]) =>
    address === undefined ? [] : [[role, withoutPassword(address)] as const],
  )
  return { db: withoutPassword(db), brokers: Object.fromEntries(named) }
}

/** Says what is served: the address on stdout, the rest to people on a terminal or to the log. */
export async function writeBanner(serving: Serving, io: Io, logger: Log): Promise<void> {
  const { runtime, server, at, asksForToken } = serving
  const plans = runtime.plans.map(({ name, tasks }) => ({ name, tasks: tasks.size }))
  const queues = (await runtime.stats()).queues.map(({ queue, depth }) => ({ queue, depth }))
  const { url } = server
  const { db, brokers } = toShown(at)
  if (isTerminal(io.stderr, io.env)) {
    const { bold, dim } = styleFor(io.stderr, io.env)
    const fields = [
      ['api', `${url}/docs`],
      ['plans', plans.map(({ name, tasks }) => `${name} (${tasks})`).join(', ') || 'none'],
      ['queues', queues.map(({ queue, depth }) => `${queue} (${depth})`).join(', ')],
      ...(at.work === undefined ? [] : [['work', at.work.join(', ') || 'none here'] as const]),
      ['database', db],
      ...Object.entries(brokers),
      ['token', asksForToken ? 'needed' : 'none: everybody on this machine may do everything'],
    ] as const
    writeLine(io.stderr, `${bold('setpoint')} ${packageVersion()}`)
    const shown = fields.map(([name, value]) => [name, printable(value)] as const)
    writeLine(io.stderr, formatFields(shown, dim))
    writeLine(io.stderr, dim('Ctrl-C stops'))
  } else
    logger.info('serving', {
      ...{ url, plans, queues, db },
      ...brokers,
      ...(at.work && { work: at.work }),
      asksForToken,
    })
  writeLine(io.stdout, url)
}
