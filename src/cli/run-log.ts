import type { Log } from '../plan/handler.ts'
import type { Screen } from './screen.ts'
import { printable, type Style } from './style.ts'

/** The fields that every line of a task carries; who looks on has seen them already. */
const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  'plan',
  'task',
  'taskletId',
  'traceId',
  'transition',
])

/** What tasks and the runtime log, as lines of the progress; `debug` is not shown. */
export function createRunLog(screen: Screen, style: Style): Log {
  const write = (mark: string) => (message: string, fields?: Record<string, unknown>) =>
    screen.line(`  ${mark} ${printable(message + describe(fields))}`)
  return {
    debug: () => {},
    info: write(style.cyan('·')),
    warn: write(style.yellow('!')),
    error: write(style.red('✖')),
  }
}

function describe(fields: Record<string, unknown> = {}): string {
  return Object.entries(fields)
    .filter(([name]) => !KNOWN_FIELDS.has(name))
    .map(([name, value]) => ` ${name}=${toText(value)}`)
    .join('')
}

function toText(value: unknown): string {
  if (value instanceof Error) return value.message
  return typeof value === 'object' ? (JSON.stringify(value) ?? '') : String(value)
}
