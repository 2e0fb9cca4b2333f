import type { Tasklet } from '../core/tasklet.ts'
import type { Log } from '../plan/handler.ts'

/** The same log with fields added to every line. */
export function bindLog(log: Log, bound: Record<string, unknown>): Log {
  return {
    debug: (message, fields) => log.debug(message, { ...bound, ...fields }),
    info: (message, fields) => log.info(message, { ...bound, ...fields }),
    warn: (message, fields) => log.warn(message, { ...bound, ...fields }),
    error: (message, fields) => log.error(message, { ...bound, ...fields }),
  }
}

/** What every line about a tasklet carries. */
export function logFieldsOf({ id, plan, task, traceId }: Tasklet): Record<string, unknown> {
  const fields = { taskletId: id, plan, task }
  return traceId === undefined ? fields : { ...fields, traceId }
}

/** The default: warnings and errors as lines on stderr, nothing else. */
export const stderrLog: Log = {
  debug: () => {},
  info: () => {},
  warn: (message, fields) => write('warn', message, fields),
  error: (message, fields) => write('error', message, fields),
}

function write(level: string, message: string, fields: Record<string, unknown> = {}): void {
  const shown = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${toText(value)}`)
  // What follows the first line is text with a form of its own, such as a source line and its caret.
  const [first, ...rest] = message.split('\n')
  const lines = [[first, ...shown].join(' '), ...rest]
  process.stderr.write(`setpoint ${level}: ${lines.join('\n')}\n`)
}

function toText(value: unknown): string {
  return value instanceof Error ? (value.stack ?? value.message) : String(value)
}
