import { InputError } from '../../core/errors.ts'
import { isRecord } from '../data.ts'
import { formatPath, type Path } from '../finding.ts'
import type { Plan, World } from '../model.ts'
import { toMermaid } from './mermaid.ts'
import { toTypeScript } from './typescript.ts'
import { viewWorld } from './view.ts'

/** `xstate`: the config as JSON, as Stately takes it; `ts`: a module; `mermaid`: a state diagram. */
export const EXPORT_FORMATS = ['xstate', 'ts', 'mermaid'] as const

export type ExportFormat = (typeof EXPORT_FORMATS)[number]

/**
 * The machine of a plan's world, or of the steps of one of its tasks, as text.
 * @throws {InputError} when there is no such machine, or when it holds functions, which no text can.
 */
export function exportPlan(plan: Plan, format: ExportFormat, task?: string): string {
  return exportMachine(task === undefined ? worldOf(plan) : stepsOf(plan, task), format)
}

/** What can be exported: a world, or a machine that only looks like one. */
export type Exportable = Pick<World, 'config' | 'machine' | 'states'>

/** @throws {InputError} when the machine holds functions. */
export function exportMachine(world: Exportable, format: ExportFormat): string {
  if (format === 'mermaid') return toMermaid(viewWorld(world))
  requireData(world.config, [])
  if (format === 'ts') return toTypeScript(world.config)
  return JSON.stringify(world.config, undefined, 2)
}

function worldOf({ name, world }: Plan): Exportable {
  if (world !== undefined) return world
  throw new InputError(`plan "${name}" has no machine, only tasks`)
}

function stepsOf(plan: Plan, name: string): Exportable {
  const task = plan.tasks.get(name)
  if (task === undefined) {
    const tasks = [...plan.tasks.keys()].join(', ')
    throw new InputError(`plan "${plan.name}" has no task "${name}"; its tasks: ${tasks}`)
  }
  if (task.steps === undefined) {
    throw new InputError(`the task "${plan.name}/${name}" has no steps, so it has no machine`)
  }
  const { machine } = task.steps
  return { config: machine.config, machine, states: new Map() }
}

/** What is written in place cannot be written down; what has a name can. */
function requireData(value: unknown, path: Path): void {
  if (typeof value === 'function') {
    throw new InputError(
      `the machine holds a function at ${formatPath(path)}: give it a name, then it can be exported`,
    )
  }
  if (!Array.isArray(value) && !isRecord(value)) return
  for (const [key, each] of Object.entries(value)) requireData(each, [...path, key])
}
