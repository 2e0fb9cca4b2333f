import { toPriority } from '../core/priority.ts'
import { isRecord, ownValue } from './data.ts'
import type { Code, Declaration } from './declaration.ts'
import { quote } from './diagnostic.ts'
import { optionalMilliseconds } from './edge.ts'
import { checkExternal, runsElsewhere } from './external-task.ts'
import type { Finding } from './finding.ts'
import type { Handler, RetryPolicy, Task } from './model.ts'
import { resolveRequirement } from './requirement.ts'
import { unitsOf } from './resources.ts'
import type { TaskDeclaration } from './schema.ts'
import { toStartLimit } from './start-limit.ts'
import type { TaskSchemas } from './task-schemas.ts'
import { checkFunction } from './world/check-names.ts'
import type { Outline } from './world/outline.ts'

const DEFAULT_RETRY: RetryPolicy = {
  attempts: 1,
  backoff: { type: 'exponential', delay: 1000, max: 60_000, jitter: 0.2 },
}

/** The task written out: a bare name is short for a task that only runs it. */
export function writtenOut(task: string | TaskDeclaration): TaskDeclaration {
  return typeof task === 'string' ? { run: task } : task
}

export function checkTask(
  name: string,
  task: unknown,
  { code, taskFiles }: Declaration,
  transitionTasks: ReadonlySet<string>,
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
  const short = typeof task === 'string'
  const run = short ? task : ownValue(task, 'run')
  const external = ownValue(task, 'external') === true
  if (external) findings.push(...checkExternal(name, task, transitionTasks.has(name)))
  else if (isRecord(task) && run === undefined) {
    const message = `${quote('run')} is missing`
    findings.push({ rule: 'missing-key', path: [...path, 'run'], message })
  }
  if (typeof run === 'string' && !external) {
    const at = short ? path : [...path, 'run']
    findings.push(...checkFunction('handler', run, at, code?.handlers))
  }
  return findings
}

export function buildTask(
  plan: string,
  name: string,
  task: TaskDeclaration,
  context: { readonly code: Code; readonly outline: Outline | undefined },
  schemas: TaskSchemas,
): Task {
  const required = resolveRequirement(task.requires, [], context.outline).states
  return {
    plan,
    name,
    title: task.title,
    external: task.external ?? false,
    run:
      task.run === undefined
        ? runsElsewhere(`${plan}/${name}`)
        : (context.code.handlers.get(task.run) as Handler),
    ...schemas,
    requires: [...new Set(required.map(({ state }) => state.path))],
    resources: unitsOf(task.resources),
    timeout: optionalMilliseconds(task.timeout),
    retry: {
      attempts: task.retry?.attempts ?? DEFAULT_RETRY.attempts,
      backoff: task.retry?.backoff ?? DEFAULT_RETRY.backoff,
    },
    limit: task.limit && toStartLimit(task.limit),
    groupConcurrency: task.groupConcurrency,
    priority: task.priority === undefined ? undefined : toPriority(task.priority),
    queue: task.queue,
    tags: task.tags ?? [],
  }
}
