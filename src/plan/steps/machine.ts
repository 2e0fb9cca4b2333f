import type { ActorRefFrom, AnyActorRef, AnyEventObject, AnyStateMachine } from 'xstate'
import { assign, enqueueActions, fromPromise, setup, spawnChild, stopChild } from 'xstate'
import type { Template } from '../expressions/expression.ts'
import type { BodyOutput } from './output.ts'
import { conclude, gather, stopInside, takeOver } from './output.ts'
import type { Item } from './pool.ts'
import { close, fill, isItemOf, outcomeOf, surplus, take } from './pool.ts'
import type { Performance, RetryPause, StepStatus } from './program.ts'
import { ABORT, StepTimeout } from './program.ts'
import type { MachineInput, Progress, Run } from './progress.ts'
import {
  beginning,
  decide,
  hasTimedOut,
  isCancelled,
  keyOf,
  mayRetry,
  performanceOf,
  runOf,
  settle,
  tellFailure,
  withRun,
} from './progress.ts'
import type { StateConfig } from './states.ts'
import { listStates } from './states.ts'
import type { Place, Step } from './tree.ts'
import { placesOf, ROOT_BLOCK } from './tree.ts'

/** Ends a machine of steps in good order: what it performs is told to stop, and it waits for it. */
export const CANCEL_STEPS = { type: 'steps.cancel' } as const

interface Of {
  readonly step: string
}

/** What stands for a step's place in the actions and guards of one machine. */
type Find = (of: Of) => Place

/** A list of steps as a machine. Input MachineInput, output BodyOutput. */
export function createStepsMachine(
  id: string,
  description: string,
  steps: readonly Step[],
  output: Template | undefined,
): AnyStateMachine {
  const places = placesOf(steps)
  const find: Find = ({ step }) => {
    const place = places.get(step)
    if (place === undefined) throw new TypeError(`there is no step "${step}"`)
    return place
  }
  const bodies = bodiesOf(id, places)
  const states = listStates(steps, {
    place: (step) => find({ step: step.key }),
    performance: (place) => (args: { readonly context: Progress }) =>
      performanceOf(args.context, place),
    pause: (place) => (args: { readonly context: Progress }) => pauseOf(args.context, place),
    body: ({ step }) => bodies.get(step.key)?.config,
  })
  const config: StateConfig & Record<string, unknown> = {
    id,
    description,
    context: (args: { readonly input: MachineInput }) => beginning(args.input),
    output: (args: { readonly context: Progress }) => conclude(args.context, steps, output),
    on: { [CANCEL_STEPS.type]: [{ actions: [{ type: 'cancelAll', params: {} }] }] },
    ...states,
  }
  // The states depend on the steps, so no type of XState's can describe them.
  return stepsSetup(find, bodies).createMachine(config as never) as unknown as AnyStateMachine
}

function stepsSetup(find: Find, bodies: ReadonlyMap<string, AnyStateMachine>) {
  return setup({
    types: { context: {} as Progress, events: {} as AnyEventObject },
    actors: {
      perform: fromPromise<unknown, Performance>(notProvided),
      pause: fromPromise<void, RetryPause>(notProvided),
    },
    // XState cannot follow the types of actions that are made elsewhere.
    actions: { ...progressActions(find), ...poolActions(find, bodies) } as never,
    guards: guardsOf(find),
  })
}

function notProvided(): Promise<never> {
  return Promise.reject(new TypeError('only a runtime can run the machine of a task'))
}

function pauseOf(progress: Progress, place: Place): RetryPause {
  const { work } = place.step
  if (work.kind !== 'action') throw new TypeError(`"${place.step.key}" is not tried again`)
  const { attempt } = runOf(progress, place)
  return { key: keyOf(progress, place), attempt, retry: work.retry }
}

interface Args {
  readonly context: Progress
  readonly event: AnyEventObject
}

function progressActions(find: Find) {
  const moves = (change: (progress: Progress, place: Place, event: AnyEventObject) => Progress) =>
    assign(({ context, event }: Args, of: Of) => change(context, find(of), event))
  return {
    decide: moves(decide),
    beginAttempt: moves((progress, place) =>
      withRun(progress, place, { attempt: runOf(progress, place).attempt + 1 }),
    ),
    keepOutput: moves((progress, place, event) =>
      withRun(progress, place, { output: event['output'] }),
    ),
    keepFailure: moves((progress, place, event) => {
      const failure = { error: event['error'], step: keyOf(progress, place) }
      return withRun(progress, place, { failure })
    }),
    gather: moves(gather),
    takeOver: moves(takeOver),
    tellFailure: moves(tellFailure),
    closePool: moves(close),
    takeItem: moves((progress, place, event) =>
      take(progress, place, String(event['actorId']), outputOf(event, keyOf(progress, place))),
    ),
    cancelAll: assign(({ context }: Args, _: object) => ({
      cancelled: [...new Set([...context.cancelled, ROOT_BLOCK.key])],
    })),
    settle: assign(({ context }: Args, { step, status }: Of & { readonly status: StepStatus }) =>
      settle(context, find({ step }), status),
    ),
  }
}

/** An item's machine that breaks is a failure like another. */
function outputOf(event: AnyEventObject, step: string): BodyOutput {
  if ('error' in event) return { status: 'failed', error: event['error'], step }
  return event['output'] as BodyOutput
}

function poolActions(find: Find, bodies: ReadonlyMap<string, AnyStateMachine>) {
  return {
    // It has ended; as long as it is among the children, each further one costs more.
    dropItem: stopChild(({ event }: Args) => String(event['actorId'])),
    fillPool: enqueueActions(({ context, enqueue, self }, of: Of) => {
      const place = find(of)
      const { progress, begun } = fill(context as Progress, place)
      enqueue.assign(progress)
      const body = bodies.get(place.step.key)
      if (body === undefined || begun.length === 0) return
      const logic = withActorsOf(body, self)
      for (const item of begun) enqueue(spawning(logic, item))
    }),
    abort: enqueueActions(({ enqueue, self }, { actor }: { readonly actor: string }) => {
      const child: AnyActorRef | undefined = self.getSnapshot().children[actor]
      if (child?.getSnapshot().status === 'active') enqueue.sendTo(child, ABORT)
    }),
    endItems: enqueueActions(({ context, enqueue, self }, of: Of) => {
      const { children } = self.getSnapshot()
      for (const id of surplus(context as Progress, find(of))) {
        const child: AnyActorRef | undefined = children[id]
        if (child?.getSnapshot().status === 'active') enqueue.sendTo(child, CANCEL_STEPS)
      }
    }),
  }
}

/** What was made of bodies for the items of one machine, which all are worked on by the same. */
const provided = new WeakMap<AnyStateMachine, Map<AnyStateMachine, AnyStateMachine>>()

/** The machine of an item performs with what its parent was given to perform with. */
function withActorsOf(body: AnyStateMachine, self: AnyActorRef): AnyStateMachine {
  const { logic } = self as ActorRefFrom<AnyStateMachine> & { readonly logic: AnyStateMachine }
  const known = provided.get(logic) ?? new Map<AnyStateMachine, AnyStateMachine>()
  provided.set(logic, known)
  const { perform, pause } = logic.implementations.actors as Record<string, never>
  const machine = known.get(body) ?? body.provide({ actors: { perform, pause } as never })
  known.set(body, machine)
  return machine
}

function spawning(logic: AnyStateMachine, { id, input }: Item) {
  return spawnChild(logic, { id, input })
}

function guardsOf(find: Find) {
  return {
    hasVerdict: ({ context }: Args, { step, verdict }: Of & Pick<Run, 'verdict'>) =>
      runOf(context, find({ step })).verdict === verdict,
    isCancelled: ({ context }: Args, of: Of) => isCancelled(context, find(of)),
    mayRetry: ({ context, event }: Args, of: Of) => mayRetry(context, find(of), event['error']),
    hasTimedOut: ({ context, event }: Args, of: Of) =>
      'error' in event ? event['error'] instanceof StepTimeout : hasTimedOut(context, find(of)),
    isStopped: ({ context }: Args, { step, reason }: Of & { readonly reason: string }) =>
      stopInside(context, find({ step })) === reason,
    isItem: ({ context, event }: Args, of: Of) =>
      isItemOf(context, find(of), String(event['actorId'])),
    isPoolOver: ({ context }: Args, { step, outcome }: Of & { readonly outcome: string }) =>
      outcomeOf(context, find({ step })) === outcome,
  }
}

/** What each item of an `each` is worked on by, by the key of the step. */
function bodiesOf(
  id: string,
  places: ReadonlyMap<string, Place>,
): ReadonlyMap<string, AnyStateMachine> {
  const bodies = [...places.values()].flatMap(({ step }) =>
    step.work.kind === 'each'
      ? [[step.key, bodyOf(`${id} ${step.state}`, step, step.work.body)] as const]
      : [],
  )
  return new Map(bodies)
}

function bodyOf(id: string, { description }: Step, body: readonly Step[]): AnyStateMachine {
  return createStepsMachine(id, `${description}: one item.`, body, undefined)
}
