import type { AnyEventObject } from 'xstate'
import { createActor, fromPromise, waitFor } from 'xstate'
import type { Handler } from '../../../../src/plan/handler.ts'
import { buildProgram, readTaskSteps } from '../../../../src/plan/steps/compile.ts'
import type {
  Performance,
  RetryPause,
  StepProgram,
  StepsOutput,
} from '../../../../src/plan/steps/program.ts'
import { ABORT } from '../../../../src/plan/steps/program.ts'
import type { Progress } from '../../../../src/plan/steps/progress.ts'

const HANDLERS = new Map<string, Handler>(
  ['a', 'b', 'c', 'd', 'bad', 'work', 'list'].map((name) => [name, () => name]),
)

/** A task of these steps; `more` are other fields of it. */
function readProgram(
  steps: unknown,
  more: Readonly<Record<string, unknown>> = {},
  tasks: Readonly<Record<string, unknown>> = {},
) {
  const task = { steps, ...more }
  const code = {
    module: undefined,
    handlers: HANDLERS,
    checks: new Map(),
    guards: new Map(),
    actions: new Map(),
    delays: new Map(),
    schemas: new Map(),
  }
  const all = new Map<string, unknown>([['task', task], ...Object.entries(tasks)])
  const read = readTaskSteps('task', task, {
    code,
    tasks: all,
    unread: new Set(),
    input: undefined,
  })
  if (read === undefined) throw new Error('the task has no steps')
  return read
}

export function compileProgram(steps: unknown, more: Readonly<Record<string, unknown>> = {}) {
  const read = readProgram(steps, more, { sub: { run: 'a', retry: { attempts: 3 } } })
  if (read.findings.length > 0) throw new Error(JSON.stringify(read.findings))
  return buildProgram('task', undefined, read)
}

export type Perform = (performance: Performance, signal: AbortSignal) => unknown

/** Like those of a runtime: told to abort they end when their work has, and not before. */
function withAbort<Input>(work: (input: Input, signal: AbortSignal) => unknown) {
  const controllers = new WeakMap<object, AbortController>()
  const logic = fromPromise<unknown, Input>(async ({ input, self }) => {
    const controller = new AbortController()
    controllers.set(self, controller)
    return await work(input, controller.signal)
  })
  return {
    ...logic,
    transition: (state: never, event: AnyEventObject, scope: { readonly self: object }) => {
      if (event.type === ABORT.type) controllers.get(scope.self)?.abort()
      return logic.transition(state, event as never, scope as never)
    },
  }
}

export interface Ended {
  readonly output: StepsOutput
  readonly steps: Progress['steps']
  readonly pauses: readonly RetryPause[]
  /** Keys of performances in the order in which they began. */
  readonly begun: readonly string[]
}

export function startProgram(
  { machine }: StepProgram,
  perform: Perform,
  scope: Readonly<Record<string, unknown>> = {},
) {
  const begun: string[] = []
  const pauses: RetryPause[] = []
  const actors = {
    perform: withAbort<Performance>((performance, signal) => {
      begun.push(performance.key)
      return perform(performance, signal)
    }),
    pause: withAbort<RetryPause>((pause) => {
      pauses.push(pause)
    }),
  }
  const actor = createActor(machine.provide({ actors } as never), { input: { scope } } as never)
  actor.start()
  const ended = async (): Promise<Ended> => {
    const snapshot = await waitFor(actor, ({ status }) => status !== 'active')
    const { steps } = snapshot.context as Progress
    return { output: snapshot.output as StepsOutput, steps, pauses, begun }
  }
  return { actor, begun, pauses, ended }
}

export function runProgram(
  steps: unknown,
  perform: Perform,
  more: Readonly<Record<string, unknown>> = {},
  scope: Readonly<Record<string, unknown>> = {},
): Promise<Ended> {
  return startProgram(compileProgram(steps, more), perform, scope).ended()
}

/** Answers with the name of what is run; `bad` fails. */
export function perform({ action, input }: Performance): unknown {
  if (action.kind === 'run' && action.name === 'bad') throw new Error('it is bad')
  return input ?? (action.kind === 'run' ? action.name : action.kind)
}

/** Lets everything go on that is waiting for nothing but its turn. */
export const turns = async (count = 20) => {
  for (let turn = 0; turn < count; turn++) await Promise.resolve()
}
