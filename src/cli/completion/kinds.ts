/** What the shell cannot know: `setpoint __complete` looks it up. */
export const LOOKED_UP = ['task', 'plan', 'schedule', 'interrupt', 'queue', 'tasklet'] as const

export type LookedUp = (typeof LOOKED_UP)[number]

/** What may stand at a place of the command line; a list is all that may. */
export type Kind = LookedUp | 'file' | 'folder' | 'nothing' | readonly string[]

/** By the names that arguments and the values of options have in the help. */
const BY_NAME: Readonly<Record<string, Kind>> = {
  'plan/task': 'task',
  plan: 'plan',
  'plan/schedule': 'schedule',
  'plan/interrupt': 'interrupt',
  queue: 'queue',
  id: 'tasklet',
  file: 'file',
  place: 'file',
  dir: 'folder',
  position: ['front', 'end'],
  priority: ['high', 'normal', 'low'],
}

/** Options whose value is only called a name in the help. */
const BY_OPTION: Readonly<Record<string, Kind>> = {
  '--plan': 'plan',
  '--queue': 'queue',
}

export function argumentKind(name: string, choices: readonly string[] | undefined): Kind {
  return choices ?? BY_NAME[name] ?? 'nothing'
}

/** `name`: of its value. */
export function optionKind(
  long: string,
  name: string,
  choices: readonly string[] | undefined,
): Kind {
  return choices ?? BY_NAME[name] ?? BY_OPTION[long] ?? 'nothing'
}
