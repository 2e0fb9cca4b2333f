import type { Place, Step } from './tree.ts'
import { innerSteps } from './tree.ts'

/** A name with what it needs; the code behind it is the machine's. */
interface Reference {
  readonly type: string
  readonly params: Readonly<Record<string, unknown>>
}

interface Move {
  readonly guard?: Reference
  readonly target?: string
  readonly actions?: readonly Reference[]
}

/** As much of a state's config as steps need: data, but for the inputs of what is invoked. */
export interface StateConfig {
  readonly type?: 'parallel' | 'final'
  readonly description?: string
  readonly meta?: unknown
  readonly initial?: string
  readonly states?: Readonly<Record<string, StateConfig>>
  readonly entry?: Reference
  readonly always?: readonly Move[]
  readonly on?: Readonly<Record<string, readonly Move[]>>
  readonly onDone?: readonly Move[]
  readonly invoke?: {
    readonly id: string
    readonly src: 'perform' | 'pause'
    readonly input: unknown
    readonly onDone: readonly Move[]
    readonly onError: readonly Move[]
  }
}

/** What the states of a machine are built with. */
export interface Builder {
  readonly place: (step: Step) => Place
  /** Inputs of `perform` and `pause`: functions, because they depend on how far the machine is. */
  readonly performance: (place: Place) => unknown
  readonly pause: (place: Place) => unknown
  /** The machine that works on one item, as data. */
  readonly body: (place: Place) => unknown
}

/** The states of a list: each step leads to the next, and the last to the end. */
export function listStates(
  steps: readonly Step[],
  builder: Builder,
): Required<Pick<StateConfig, 'initial' | 'states'>> {
  const end = endOf(steps)
  const states = steps.map((step, index): [string, StateConfig] => {
    const next = steps[index + 1]?.state ?? end
    return [step.state, { ...stepState(builder.place(step), builder), onDone: [{ target: next }] }]
  })
  return {
    initial: steps[0]?.state ?? end,
    states: { ...Object.fromEntries(states), [end]: { type: 'final' } },
  }
}

function endOf(steps: readonly Step[]): string {
  let name = 'end'
  while (steps.some(({ state }) => state === name)) name += '_'
  return name
}

const ENDS = {
  completed: 'It has done its work.',
  failed: 'It could not do its work.',
  skipped: 'It was not done: its condition did not hold, or something before it failed.',
  cancelled: 'It was stopped because something beside it failed.',
  timedOut: 'It took longer than it may.',
} as const

function stepState(place: Place, builder: Builder): StateConfig {
  const { step } = place
  const of = { step: step.key }
  const failure = typeof step.onError === 'string' ? undefined : 'handling'
  const ends = Object.entries(ENDS).map(([status, description]): [string, StateConfig] => [
    status,
    { type: 'final', description, entry: { type: 'settle', params: { ...of, status } } },
  ])
  return {
    description: step.description,
    meta: {
      step: step.written,
      ...(step.work.kind === 'each' && { body: builder.body(place) }),
    },
    initial: 'deciding',
    states: {
      deciding: decidingState(step, failure ?? 'failed'),
      ...workStates(place, builder, failure),
      ...(typeof step.onError !== 'string' && {
        handling: handlingState(step.onError, of, builder),
      }),
      ...Object.fromEntries(ends),
    },
  }
}

function decidingState({ key, condition }: Step, failure: string): StateConfig {
  const verdict = (verdict: string, target: string): Move => ({
    guard: { type: 'hasVerdict', params: { step: key, verdict } },
    target,
  })
  return {
    description: condition
      ? 'Looks whether its condition holds.'
      : 'Looks whether its turn has come.',
    entry: { type: 'decide', params: { step: key } },
    always: [
      verdict('run', 'running'),
      verdict('skip', 'skipped'),
      verdict('cancel', 'cancelled'),
      { target: failure },
    ],
  }
}

function handlingState(
  steps: readonly Step[],
  of: { readonly step: string },
  builder: Builder,
): StateConfig {
  return {
    description: 'Does what is to be done when it fails.',
    entry: { type: 'tellFailure', params: of },
    ...listStates(steps, builder),
    onDone: [
      { guard: { type: 'hasTimedOut', params: of }, target: 'timedOut' },
      { target: 'failed' },
    ],
  }
}

function workStates(
  place: Place,
  builder: Builder,
  handling: string | undefined,
): Readonly<Record<string, StateConfig>> {
  const { work, key } = place.step
  const of = { step: key }
  const failed = handling ?? 'failed'
  switch (work.kind) {
    case 'action':
      return actionStates(place, builder, handling)
    case 'each':
      return { running: poolState(of, failed) }
    default:
      return { running: { ...groupStates(place, builder), onDone: groupEnds(of, failed) } }
  }
}

function groupStates({ step }: Place, builder: Builder): StateConfig {
  const steps = innerSteps(step)
  if (step.work.kind !== 'parallel') return listStates(steps, builder)
  const states = steps.map((each): [string, StateConfig] => [
    each.state,
    stepState(builder.place(each), builder),
  ])
  return { type: 'parallel', states: Object.fromEntries(states) }
}

function groupEnds(of: { readonly step: string }, failed: string): readonly Move[] {
  const stopped = (reason: string) => ({ type: 'isStopped', params: { ...of, reason } })
  const gather = { type: 'gather', params: of }
  return [
    { guard: { type: 'isCancelled', params: of }, target: 'cancelled' },
    {
      guard: stopped('failed'),
      target: failed,
      actions: [gather, { type: 'takeOver', params: of }],
    },
    { guard: stopped('cancelled'), target: 'cancelled' },
    { target: 'completed', actions: [gather] },
  ]
}

/** Invoked work that is let end when it is cancelled. */
function abortable(of: { readonly step: string }, actor: string): Partial<StateConfig> {
  return {
    initial: 'going',
    states: {
      going: {
        always: [
          {
            guard: { type: 'isCancelled', params: of },
            target: 'stopping',
            actions: [{ type: 'abort', params: { actor } }],
          },
        ],
      },
      stopping: { description: 'Was told to stop; waits until it really has.' },
    },
  }
}

function actionStates(
  place: Place,
  builder: Builder,
  handling: string | undefined,
): Readonly<Record<string, StateConfig>> {
  const { key, work } = place.step
  const of = { step: key }
  const cancelled: Move = { guard: { type: 'isCancelled', params: of }, target: 'cancelled' }
  const keepFailure = { type: 'keepFailure', params: of }
  const timedOut: Move = {
    guard: { type: 'hasTimedOut', params: of },
    target: handling ?? 'timedOut',
    actions: [keepFailure],
  }
  const failures = [timedOut, { target: handling ?? 'failed', actions: [keepFailure] }]
  const again: Move = {
    guard: { type: 'mayRetry', params: of },
    target: 'waiting',
    actions: [keepFailure],
  }
  const retries = work.kind === 'action' && work.retry.attempts > 1
  return {
    running: {
      description: 'Does its work.',
      entry: { type: 'beginAttempt', params: of },
      ...abortable(of, `perform ${key}`),
      invoke: {
        id: `perform ${key}`,
        src: 'perform',
        input: builder.performance(place),
        onDone: [{ target: 'completed', actions: [{ type: 'keepOutput', params: of }] }],
        onError: [cancelled, ...(retries ? [again] : []), ...failures],
      },
    },
    ...(retries && {
      waiting: {
        description: 'Failed, and waits before it is tried again.',
        ...abortable(of, `pause ${key}`),
        invoke: {
          id: `pause ${key}`,
          src: 'pause',
          input: builder.pause(place),
          onDone: [cancelled, { target: 'running' }],
          onError: [cancelled, ...failures],
        },
      },
    }),
  }
}

function poolState(of: { readonly step: string }, failed: string): StateConfig {
  const close = { type: 'closePool', params: of }
  const over = (outcome: string, target: string): Move => ({
    guard: { type: 'isPoolOver', params: { ...of, outcome } },
    target,
    actions: [close],
  })
  const taken: readonly Move[] = [
    {
      guard: { type: 'isItem', params: of },
      actions: [
        { type: 'takeItem', params: of },
        { type: 'dropItem', params: {} },
        { type: 'endItems', params: of },
        { type: 'fillPool', params: of },
      ],
    },
  ]
  return {
    description: 'Works on its items, no more at once than it may.',
    entry: { type: 'fillPool', params: of },
    on: { 'xstate.done.actor.*': taken, 'xstate.error.actor.*': taken },
    always: [
      over('cancelled', 'cancelled'),
      over('failed', failed),
      over('completed', 'completed'),
    ],
    initial: 'going',
    states: {
      going: {
        always: [
          {
            guard: { type: 'isCancelled', params: of },
            target: 'stopping',
            actions: [{ type: 'endItems', params: of }],
          },
        ],
      },
      stopping: { description: 'Its items were told to stop; waits until they really have.' },
    },
  }
}
