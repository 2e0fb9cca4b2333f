import type { Command } from 'commander'
import { DEFAULT_DATABASE } from '../../create-runtime.ts'
import type { Io } from '../io.ts'
import { readConfig } from './read-config.ts'
import { resolveSettings, type Values } from './resolve.ts'

/** What a command does without being told otherwise. */
export const DEFAULTS: Values = { db: DEFAULT_DATABASE, host: '127.0.0.1', port: 4680 }

const PLACES: readonly string[] = [
  'url',
  'db',
  'plans',
  'dispatch',
  'topics',
  'submissions',
] satisfies readonly (keyof Values)[]

/**
 * Gives the options of a command that were not given as flags what the environment, the file of this
 * folder or the defaults say.
 * @throws {InputError} for what cannot be used.
 */
export async function applyConfig(command: Command, io: Io): Promise<void> {
  const known = command.options.map((option) => option.attributeName())
  // Only what runs until it is stopped: what others call --watch or --port is something else.
  const names = known.includes('drain') ? known : known.filter((name) => PLACES.includes(name))
  if (!names.some((name) => PLACES.includes(name))) return
  const given = names.filter((name) => command.getOptionValueSource(name) === 'cli')
  const flags: Values = Object.fromEntries(given.map((name) => [name, command.opts()[name]]))
  const env = io.env
  const file = await readConfig(process.cwd())
  const settings = resolveSettings({ flags, env, file, defaults: DEFAULTS })
  for (const name of names) {
    const setting = settings[name as keyof Values]
    if (setting === undefined || setting.from === 'flag') continue
    command.setOptionValueWithSource(name, setting.value, 'config')
  }
}
