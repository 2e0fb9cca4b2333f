import { findPlanFolders } from '../../plan/folder/find.ts'
import { type DeclaredNames, readNames } from '../../plan/folder/names.ts'
import { LOOKED_UP, type LookedUp } from './kinds.ts'
import type { Word } from './words.ts'

const DEFAULT_PLANS = 'plans'
/** Said again here, because the place where it stands loads the whole runtime. */
export const DEFAULT_DATABASE = '.setpoint/setpoint.db'
const MOST_TASKLETS = 50

/** `given`: the words of the command line so far, whose `--plans` and `--db` count. */
export async function candidates(kind: string, given: readonly string[]): Promise<readonly Word[]> {
  const known = LOOKED_UP.find((each) => each === kind)
  if (known === undefined) return []
  return known === 'queue' || known === 'tasklet'
    ? storedWords(known, valuesOf('--db', given).at(-1) ?? DEFAULT_DATABASE)
    : declaredWords(known, valuesOf('--plans', given))
}

async function declaredWords(
  kind: Exclude<LookedUp, 'queue' | 'tasklet'>,
  folders: readonly string[],
): Promise<readonly Word[]> {
  const given = folders.length === 0 ? [DEFAULT_PLANS] : folders
  const found = await Promise.all(given.map(findPlanFolders))
  const names = await Promise.all(found.flat().map(readNames))
  return names.flatMap((each) => (each === undefined ? [] : wordsOf(kind, each)))
}

function wordsOf(
  kind: Exclude<LookedUp, 'queue' | 'tasklet'>,
  names: DeclaredNames,
): readonly Word[] {
  if (kind === 'plan') return [{ name: names.plan, about: `${names.tasks.length} tasks` }]
  return names[`${kind}s`].map((name) => ({ name: `${names.plan}/${name}`, about: kind }))
}

async function storedWords(kind: 'queue' | 'tasklet', file: string): Promise<readonly Word[]> {
  // Looking for plans is no reason to load a database driver.
  const { glimpse } = await import('../../stores/sqlite/glimpse.ts')
  const { queues, tasklets } = glimpse(file, MOST_TASKLETS)
  if (kind === 'queue') return queues.map((name) => ({ name, about: 'queue' }))
  return tasklets.map(({ id, about }) => ({ name: id, about }))
}

/** The values of an option; the shell may have made three words of `--plans=DIR`. */
export function valuesOf(option: string, given: readonly string[]): readonly string[] {
  return given.flatMap((word, index) => {
    if (word.startsWith(`${option}=`)) return [word.slice(option.length + 1)]
    if (word !== option) return []
    const next = given[index + 1]
    const value = next === '=' ? given[index + 2] : next
    return value === undefined ? [] : [value]
  })
}
