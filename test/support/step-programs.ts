import { type AnyEventObject, assign, fromPromise, raise, sendTo, setup } from 'xstate'
import type { Template } from '../../src/plan/expressions/expression.ts'
import type { Handler } from '../../src/plan/handler.ts'
import type { Plan } from '../../src/plan/model.ts'
import {
  ABORT,
  type Performance,
  type RetryPause,
  type StepAction,
  type StepProgram,
  type StepsInput,
} from '../../src/plan/steps/program.ts'
import { planOf } from './runtimes.ts'

// Machines as small as can be, so that these tests are about what runs them.

/** A step as a machine of a test asks for it. */
export type TestStep = Omit<Performance, 'scope'>

interface Progress {
  readonly scope: StepsInput['scope']
  readonly outputs: Readonly<Record<string, unknown>>
  readonly failure: { readonly error: unknown; readonly step: string } | undefined
}

const actors = {
  perform: fromPromise<unknown, Performance>(() => Promise.reject(new Error('not provided'))),
  pause: fromPromise<void, RetryPause>(() => Promise.reject(new Error('not provided'))),
}
const typed = setup({
  types: { context: {} as Progress, input: {} as StepsInput },
  actors,
})

export function step(key: string, action: StepAction, more: Partial<TestStep> = {}): TestStep {
  return { key, action, input: undefined, attempt: 1, timeout: undefined, once: false, ...more }
}

export function run(key: string, handler: Handler, more: Partial<TestStep> = {}): TestStep {
  return step(key, { kind: 'run', name: key, handler, module: undefined }, more)
}

export function waitFor(key: string, event: string, timeout?: number): TestStep {
  return step(key, { kind: 'waitFor', event, where: undefined, timeout })
}

export function sleep(key: string, duration: unknown): TestStep {
  return step(key, { kind: 'sleep', for: constant(duration) })
}

function constant(value: unknown): Template {
  return { isConstant: true, variables: new Set(), evaluate: () => value }
}

const initial = ({ input }: { readonly input: StepsInput }): Progress => ({
  scope: input.scope,
  outputs: {},
  failure: undefined,
})

function invoke(given: TestStep, next: string, failed: string) {
  return {
    id: given.key,
    src: 'perform' as const,
    input: ({ context }: { context: Progress }) => ({
      ...given,
      scope: { ...context.scope, steps: context.outputs },
    }),
    onDone: {
      target: next,
      actions: assign<Progress, AnyEventObject, undefined, AnyEventObject, never>(
        ({ context, event }) => ({
          outputs: { ...context.outputs, [given.key]: event['output'] },
        }),
      ),
    },
    onError: {
      target: failed,
      actions: [
        assign<Progress, AnyEventObject, undefined, AnyEventObject, never>(
          ({ context, event }) => ({
            failure: context.failure ?? { error: event['error'], step: given.key },
          }),
        ),
        raise({ type: 'siblings.cancel' }),
      ],
    },
  }
}

const output = ({ context }: { context: Progress }) =>
  context.failure === undefined
    ? { status: 'completed', output: context.outputs }
    : { status: 'failed', ...context.failure }

/** One step after another; the output is those of all steps by key. */
export function sequence(...steps: readonly TestStep[]): StepProgram {
  const states = Object.fromEntries(
    steps.map((given, index) => [
      `s${index}`,
      { invoke: invoke(given, `s${index + 1}`, `s${steps.length}`) },
    ]),
  )
  const machine = typed.createMachine({
    id: 'sequence',
    context: initial,
    initial: 's0',
    output,
    // The states are computed, and their types are those of the machine only at run time.
    states: { ...states, [`s${steps.length}`]: { type: 'final' } } as never,
  })
  return { machine: machine as never, subTasks: new Set(), meanings: new Map() }
}

/** All steps at once; the first failure tells the others to stop, and all are waited for. */
export function parallel(...steps: readonly TestStep[]): StepProgram {
  const states = Object.fromEntries(
    steps.map((given) => [
      given.key,
      {
        initial: 'active',
        states: {
          active: {
            invoke: invoke(given, 'ended', 'ended'),
            on: { 'siblings.cancel': { actions: sendTo(given.key, ABORT as never) } },
          },
          ended: { type: 'final' },
        },
      },
    ]),
  )
  const machine = typed.createMachine({
    id: 'parallel',
    type: 'parallel',
    context: initial,
    output,
    states: states as never,
  })
  return { machine: machine as never, subTasks: new Set(), meanings: new Map() }
}

/** A plan some of whose tasks are programs; the others are given as `definePlan` takes them. */
export function planOfSteps(
  programs: Readonly<Record<string, StepProgram>>,
  tasks: Readonly<Record<string, object>> = {},
  settings: object = {},
): Plan {
  const declared = Object.keys(programs).map((name) => [
    name,
    { run: () => undefined, ...tasks[name] },
  ])
  const plan = planOf({ ...tasks, ...Object.fromEntries(declared) }, settings)
  const compiled = [...plan.tasks].map(([name, task]) => {
    const steps = programs[name]
    return [name, steps === undefined ? task : { ...task, steps }] as const
  })
  return { ...plan, tasks: new Map(compiled) }
}
