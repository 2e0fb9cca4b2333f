import { entriesOf, ownValue } from '../data.ts'
import { PLAN_FILE } from './find.ts'
import { listInside } from './folder.ts'
import { openFolder, readSource } from './reader.ts'

/** The names that a plan's files declare, in their order. */
export interface DeclaredNames {
  readonly plan: string
  readonly tasks: readonly string[]
  readonly schedules: readonly string[]
  readonly interrupts: readonly string[]
}

const TASK_FILE = /^tasks\/(.+)\.yaml$/

/**
 * What a folder declares, good or bad, by its YAML alone: fast, and none of its code is run.
 * Undefined for a folder without a plan that has a name.
 */
export async function readNames(folder: string): Promise<DeclaredNames | undefined> {
  const reader = await openFolder(folder)
  if (!('root' in reader)) return undefined
  const source = await readSource(reader, PLAN_FILE)
  const value = typeof source === 'string' ? undefined : source.value
  const plan = ownValue(value, 'name')
  if (typeof plan !== 'string') return undefined
  const files = await listInside(reader.root, 'tasks').catch((): readonly string[] => [])
  const own = files.flatMap((file) => TASK_FILE.exec(file)?.[1] ?? [])
  const named = (part: string) => entriesOf(ownValue(value, part)).map(([name]) => name)
  return {
    plan,
    tasks: [...new Set([...named('tasks'), ...own])],
    schedules: named('schedules'),
    interrupts: named('interrupts'),
  }
}
