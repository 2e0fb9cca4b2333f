import { ZodObject, type ZodType } from 'zod'
import { isRecord, ownValue } from '../data.ts'
import type { Code } from '../declaration.ts'
import { quote } from '../diagnostic.ts'
import { compileTemplate } from '../expressions/compile.ts'
import type { Template } from '../expressions/expression.ts'
import type { Finding, Path } from '../finding.ts'
import type { Handler } from '../handler.ts'
import { moduleOf } from '../tasks/module-handler.ts'
import { createStepsMachine } from './machine.ts'
import { meaningsOf } from './meanings.ts'
import type { StepProgram } from './program.ts'
import { readSteps } from './read.ts'
import type { Sight, SubTask, Surroundings } from './scope.ts'
import { closedKeys, namesFor } from './scope.ts'
import type { Step } from './tree.ts'

/** The steps of one task, with everything that is wrong with them taken by itself. */
export interface StepsRead {
  readonly steps: readonly Step[]
  readonly output: Template | undefined
  readonly subTasks: readonly SubTask[]
  readonly findings: readonly Finding[]
}

export interface StepsContext {
  readonly code: Code | undefined
  readonly tasks: ReadonlyMap<string, unknown>
  readonly unread: ReadonlySet<string>
  /** The task's input. */
  readonly input: ZodType | undefined
}

/** Undefined: the task has no steps. */
export function readTaskSteps(
  name: string,
  task: unknown,
  { code, tasks, unread, input }: StepsContext,
): StepsRead | undefined {
  const written = ownValue(task, 'steps')
  if (written === undefined) return undefined
  const at: Path = ['tasks', name]
  const surroundings: Surroundings = {
    handlers: code && (code.stepHandlers ?? code.handlers),
    modules: (run) => (code?.stepHandlers === undefined ? code && moduleOf(run, code) : undefined),
    tasks,
    unread,
    input:
      input instanceof ZodObject && isRecord(ownValue(task, 'input')) === false
        ? keysOfZod(input)
        : closedKeys(ownValue(task, 'input')),
    findings: [...checkTaskFields(name, task)],
    subTasks: [],
    ids: new Set(),
  }
  const sight: Sight = { before: new Set(), inItem: false }
  const steps = readSteps(written, { at: [...at, 'steps'], key: 'steps' }, surroundings, sight)
  const output = readOutput(ownValue(task, 'output'), [...at, 'output'], surroundings, sight)
  const { findings, subTasks } = surroundings
  return { steps, output, subTasks, findings }
}

/** A schema from code drops or refuses what it does not know, unless it was told to keep it. */
function keysOfZod(schema: ZodObject): ReadonlySet<string> | undefined {
  const { catchall } = schema.def
  const open = catchall !== undefined && catchall._zod.def.type !== 'never'
  return open ? undefined : new Set(Object.keys(schema.shape))
}

function readOutput(
  written: unknown,
  path: Path,
  surroundings: Surroundings,
  sight: Sight,
): Template | undefined {
  if (written === undefined) return undefined
  const { template, findings } = compileTemplate(written, path, namesFor(surroundings, sight))
  surroundings.findings.push(...findings)
  return template
}

/** What a task with steps cannot be beside. */
function checkTaskFields(name: string, task: unknown): readonly Finding[] {
  const wrong = (key: string, message: string): Finding => ({
    rule: 'step-task',
    path: ['tasks', name, key],
    at: 'key',
    message,
  })
  const findings: Finding[] = []
  if (ownValue(task, 'run') !== undefined) {
    findings.push(wrong('run', `${quote(name)} has steps, so it runs nothing beside them`))
  }
  if (ownValue(task, 'external') === true) {
    findings.push(wrong('steps', `${quote(name)} is external: whoever pulls it does the work`))
  }
  const mode = ownValue(task, 'mode')
  if (mode === 'sync' || mode === 'cpu') {
    const message = `steps work in the event loop: give what needs mode ${quote(mode)} a task of its own and name it under ${quote('task')}`
    findings.push(wrong('mode', message))
  }
  if (ownValue(task, 'memory') !== undefined) {
    findings.push(wrong('memory', 'a task with steps has no worker whose memory could be limited'))
  }
  return findings
}

/** The machine of steps in which nothing is wrong. */
export function buildProgram(
  name: string,
  title: string | undefined,
  { steps, output, subTasks }: StepsRead,
): StepProgram {
  // In an id, dots and hashes mean something to XState.
  const id = name.replaceAll('/', '-')
  return {
    machine: createStepsMachine(id, title ?? `The steps of ${name}.`, steps, output),
    subTasks: new Set(subTasks.map((each) => each.name)),
    meanings: meaningsOf(steps),
  }
}

/** Stands where a handler would. */
export function runsAsMachine(fullName: string): Handler {
  return () => {
    throw new TypeError(`${fullName} has steps: only a runtime can run them`)
  }
}
