import {
  type DestinationStream,
  destination as openDestination,
  type Logger as Pino,
  pino,
  stdTimeFunctions,
} from 'pino'
import { InputError } from '../core/errors.ts'
import { redact } from '../core/redaction.ts'
import type { Log } from '../plan/handler.ts'
import { toPrettyLine } from './pretty-line.ts'

export type LogLevel = keyof Log | 'silent'

export interface LoggerOptions {
  /** The least that is written; `info` unless given. */
  readonly level?: LogLevel
  /** Lines for people instead of JSON; `false` unless given. */
  readonly pretty?: boolean
  /** A file, which is added to, or anything that takes lines; standard error unless given. */
  readonly destination?: string | { write(line: string): unknown }
}

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent']
/** Names that every line has; fields of the same name get another. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['level', 'time', 'msg'])
const STDERR = 2

/**
 * A log that writes one JSON object a line: `time`, `level`, `msg` and the fields, in which what
 * stands under the name of a secret is replaced, at any depth.
 * @throws {InputError} for a level that is none.
 */
export function createLogger(options: LoggerOptions = {}): Log {
  const { level = 'info', pretty = false, destination = '' } = options
  if (!LEVELS.includes(level)) {
    throw new InputError(`the level of a log is one of ${LEVELS.join(', ')}, not "${level}"`)
  }
  const lines = toStream(destination)
  const logger = pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pretty ? { write: (line) => lines.write(toPrettyLine(line)) } : lines,
  )
  return {
    debug: writer(logger, 'debug'),
    info: writer(logger, 'info'),
    warn: writer(logger, 'warn'),
    error: writer(logger, 'error'),
  }
}

/** Written at once: a process that dies has written what it logged. */
function toStream(destination: string | { write(line: string): unknown }): DestinationStream {
  if (typeof destination === 'object') {
    return { write: (line) => void destination.write(line) }
  }
  if (destination === '') return openDestination({ dest: STDERR, sync: true })
  return openDestination({ dest: destination, append: true, mkdir: true, sync: true })
}

function writer(logger: Pino, level: keyof Log): Log[keyof Log] {
  return (message, fields) => {
    if (logger.isLevelEnabled(level)) logger[level](toFields(fields), String(redact(message)))
  }
}

function toFields(fields: Record<string, unknown> = {}): Record<string, unknown> {
  const redacted = redact(fields)
  if (typeof redacted !== 'object' || redacted === null) return {}
  const entries = Object.entries(redacted)
  return Object.fromEntries(
    entries.map(([name, value]) => [OWN_FIELDS.has(name) ? `${name}_` : name, value]),
  )
}
