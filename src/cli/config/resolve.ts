import { delimiter } from 'node:path'
import { InputError } from '../../core/errors.ts'
import type { Io } from '../io.ts'
import type { FoundConfig } from './read-config.ts'

/** What may be said as a flag, in the environment, and in the file; all of it may be left out. */
export interface Values {
  readonly url?: string | undefined
  readonly db?: string | undefined
  readonly plans?: readonly string[] | undefined
  readonly dispatch?: string | undefined
  readonly topics?: string | undefined
  readonly submissions?: string | undefined
  readonly work?: readonly string[] | undefined
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly watch?: boolean | undefined
  readonly drain?: string | number | undefined
  readonly logLevel?: string | undefined
}

export type Origin = 'flag' | 'environment' | 'file' | 'default'

export interface Setting {
  readonly value: unknown
  readonly from: Origin
}

export type Settings = Readonly<Partial<Record<keyof Values, Setting>>>

export interface Sources {
  /** Only what was given. */
  readonly flags: Values
  readonly env: Io['env']
  readonly file: FoundConfig | undefined
  readonly defaults: Values
}

const NAMES: readonly (keyof Values)[] = [
  'url',
  'db',
  'plans',
  'dispatch',
  'topics',
  'submissions',
  'work',
  'host',
  'port',
  'watch',
  'drain',
  'logLevel',
]

/**
 * What counts of what was said: flags before the environment, that before the file, and that before
 * the defaults. A database and a server exclude each other: what was said nearer counts, and of the
 * same nearness the server; as flags both are refused.
 * @throws {InputError} for a value of the environment that cannot be used.
 */
export function resolveSettings({ flags, env, file, defaults }: Sources): Settings {
  if (flags.url !== undefined && flags.db !== undefined) {
    throw new InputError('give --url or --db: the work is behind a server or in a database')
  }
  const layers: readonly (readonly [Origin, Values])[] = [
    ['flag', flags],
    ['environment', fromEnvironment(env)],
    ['file', fromFile(file)],
    ['default', defaults],
  ]
  const settings: Partial<Record<keyof Values, Setting>> = {}
  for (const name of NAMES) {
    const found = layers.find(([, values]) => values[name] !== undefined)
    if (found !== undefined) settings[name] = { from: found[0], value: found[1][name] }
  }
  const order = layers.map(([origin]) => origin)
  const { url, db } = settings
  if (url === undefined || db === undefined) return settings
  const isNearer = order.indexOf(db.from) < order.indexOf(url.from)
  const { url: _, ...withoutUrl } = settings
  return isNearer ? withoutUrl : settings
}

function fromFile(file: FoundConfig | undefined): Values {
  if (file === undefined) return {}
  const { url, db, dispatch, topics, submissions, host, port, watch, drain, logLevel } = file.values
  const plans = toList(file.values.plans)
  const work = toList(file.values.work)
  const brokers = { dispatch, topics, submissions }
  return { url, db, plans, work, ...brokers, host, port, watch, drain, logLevel }
}

function toList(value: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof value === 'string' ? [value] : value
}

function fromEnvironment(env: Io['env']): Values {
  const text = (name: string) => env[name] || undefined
  return {
    url: text('SETPOINT_URL'),
    db: text('SETPOINT_DB'),
    plans: text('SETPOINT_PLANS')?.split(delimiter),
    dispatch: text('SETPOINT_DISPATCH'),
    topics: text('SETPOINT_TOPICS'),
    submissions: text('SETPOINT_SUBMISSIONS'),
    work: text('SETPOINT_WORK')
      ?.split(',')
      .map((queue) => queue.trim()),
    host: text('SETPOINT_HOST'),
    port: toPort(text('SETPOINT_PORT')),
    watch: undefined,
    drain: text('SETPOINT_DRAIN'),
    logLevel: text('SETPOINT_LOG_LEVEL'),
  }
}

function toPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new InputError(`SETPOINT_PORT is a port, a whole number 0..65535, not "${text}"`)
}
