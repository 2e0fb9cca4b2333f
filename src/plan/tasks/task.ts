import { optionalMilliseconds } from '../../core/duration.ts'
import { toPriority } from '../../core/priority.ts'
import { isRecord, ownValue } from '../data.ts'
import type { Code, Declaration } from '../declaration.ts'
import { quote } from '../diagnostic.ts'
import type { Finding } from '../finding.ts'
import type { Handler } from '../handler.ts'
import type { Task } from '../model.ts'
import type { TaskDeclaration } from '../schema/plan.ts'
import type { StepsRead } from '../steps/compile.ts'
import { buildProgram, runsAsMachine } from '../steps/compile.ts'
import { checkFunction } from '../world/check-names.ts'
import type { Outline } from '../world/outline.ts'
import { factsOf } from './action.ts'
import { checkEffect } from './effect.ts'
import { checkExternal, runsElsewhere } from './external.ts'
import { checkModule, moduleOf } from './module-handler.ts'
import { resolveRequirement } from './requirement.ts'
import type { Units } from './resources.ts'
import { notAgain, toRetry } from './retry.ts'
import type { TaskSchemas } from './schemas.ts'
import { toStartLimit } from './start-limit.ts'

/** The task written out: a bare name is short for a task that only runs it. */
export function writtenOut(task: string | TaskDeclaration): TaskDeclaration {
  return typeof task === 'string' ? { run: task } : task
}

/** What the rest of the plan means for its tasks. */
export interface TaskSurroundings {
  readonly transitionTasks: ReadonlySet<string>
  readonly outline: Outline | undefined
}

export function checkTask(
  name: string,
  task: unknown,
  { code, taskFiles }: Declaration,
  { transitionTasks, outline }: TaskSurroundings,
): readonly Finding[] {
  const path = ['tasks', name]
  const findings: Finding[] = []
  if (name.includes('/') && !taskFiles.has(name)) {
    const message = `only a file of the tasks folder gives a task the name ${quote(name)}`
    findings.push({ rule: 'invalid-name', path, at: 'key', message })
  }
  if (transitionTasks.has(name) && ownValue(task, 'requires') !== undefined) {
    const message = `${quote(name)} moves the world along an edge, so it cannot require a state`
    findings.push({ rule: 'transition-task-requires', path: [...path, 'requires'], message })
  }
  findings.push(...checkEffect(name, task, outline))
  const short = typeof task === 'string'
  const run = short ? task : ownValue(task, 'run')
  const external = ownValue(task, 'external') === true
  if (external) findings.push(...checkExternal(name, task, transitionTasks.has(name)))
  else if (isRecord(task) && run === undefined && ownValue(task, 'steps') === undefined) {
    const message = `${quote('run')} is missing`
    findings.push({ rule: 'missing-key', path: [...path, 'run'], message })
  }
  if (typeof run === 'string' && !external) {
    const at = short ? path : [...path, 'run']
    const findingsOfModule = checkModule(name, task, run, code)
    findings.push(...findingsOfModule)
    if (findingsOfModule.length === 0) {
      findings.push(...checkFunction('handler', run, at, code?.handlers))
      findings.push(...checkRetry(task, run, path, code?.handlers.get(run)))
    }
  }
  return findings
}

/** A retry may still be for a world that could not be prepared. */
function checkRetry(
  task: unknown,
  run: string,
  path: readonly string[],
  handler: unknown,
): readonly Finding[] {
  const retry = ownValue(task, 'retry')
  const attempts = ownValue(retry, 'attempts')
  if (typeof attempts !== 'number' || attempts < 2) return []
  if (ownValue(retry, 'onPlanning') === true || factsOf(handler)?.idempotent !== false) return []
  return [notAgain(run, [...path, 'retry'])]
}

function handlerOf(
  { run }: TaskDeclaration,
  fullName: string,
  { code, steps }: { readonly code: Code; readonly steps: StepsRead | undefined },
): Handler {
  if (steps !== undefined) return runsAsMachine(fullName)
  return run === undefined ? runsElsewhere(fullName) : (code.handlers.get(run) as Handler)
}

export function buildTask(
  plan: string,
  name: string,
  task: TaskDeclaration,
  context: {
    readonly code: Code
    readonly outline: Outline | undefined
    readonly steps: StepsRead | undefined
    /** What it is granted, its sub-tasks included. */
    readonly units: Units
  },
  schemas: TaskSchemas,
): Task {
  const required = resolveRequirement(task.requires, [], context.outline).states
  return {
    plan,
    name,
    title: task.title,
    external: task.external ?? false,
    run: handlerOf(task, `${plan}/${name}`, context),
    steps: context.steps && buildProgram(name, task.title, context.steps),
    mode: task.mode ?? 'async',
    module: moduleOf(task.run, context.code),
    memory: task.memory,
    ...schemas,
    requires: [...new Set(required.map(({ state }) => state.path))],
    leaves: task.leaves,
    disturbs: task.disturbs ?? false,
    exclusive: task.exclusive ?? false,
    maxInstances: task.maxInstances,
    resources: context.units,
    timeout: optionalMilliseconds(task.timeout),
    acquireTimeout: optionalMilliseconds(task.acquireTimeout),
    prepareTimeout: optionalMilliseconds(task.prepareTimeout),
    expiresAfter: optionalMilliseconds(task.expiresAfter),
    retry: toRetry(task.retry),
    limit: task.limit && toStartLimit(task.limit),
    groupConcurrency: task.groupConcurrency,
    priority: task.priority === undefined ? undefined : toPriority(task.priority),
    queue: task.queue,
    tags: task.tags ?? [],
  }
}
