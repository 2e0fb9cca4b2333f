import type {
  AnyActorRef,
  AnyActorScope,
  AnyEventObject,
  AnyMachineSnapshot,
  AnyStateMachine,
  EventObject,
} from 'xstate'
import type { Lineage } from '../../core/tasklet.ts'
import type { Evidence } from '../../planning/evidence.ts'
import { type DelayChange, delaysBetween, withoutTimers } from './delays.ts'
import { placeIn } from './placement.ts'

/** How the runtime tells a twin what it has learned; everything else is an event of the machine. */
export type CorrectionEvent = Correction & {
  /** What it comes of. */
  readonly cause?: Lineage | undefined
}

type Correction =
  | {
      readonly type: 'setpoint.observed'
      readonly states: readonly string[]
      readonly evidence: readonly Evidence[]
    }
  | {
      readonly type: 'setpoint.moved'
      readonly states: readonly string[]
      /** What the machine takes before it is brought there. */
      readonly event: EventObject | undefined
    }
  | { readonly type: 'setpoint.left'; readonly states: readonly string[] }
  /** Where another version of the plan believes the world to be, in terms of this machine. */
  | { readonly type: 'setpoint.followed'; readonly snapshot: AnyMachineSnapshot }
  | { readonly type: 'setpoint.disturbed' }

export interface TwinStep {
  readonly event: AnyEventObject
  readonly before: AnyMachineSnapshot
  readonly after: AnyMachineSnapshot
  /** What happened to the delays of the machine, in order. */
  readonly delays: readonly DelayChange[]
}

/** Who keeps what actors come and go with. */
export interface TwinKeeper {
  /** The last good snapshot, which every new actor goes on from. */
  readonly last: AnyMachineSnapshot
  began(actor: AnyActorRef): void
  /** A step is over. Never called for one in which the machine threw. */
  stepped(step: TwinStep): void
}

/**
 * The machine of a world as the logic of a twin: it can be told where the world is, it waits for no
 * `after` by itself, and it never ends, because a world in a final state may yet be found elsewhere.
 */
export function toTwinLogic(machine: AnyStateMachine, keeper: TwinKeeper): AnyStateMachine {
  return Object.assign(Object.create(machine) as AnyStateMachine, {
    getInitialSnapshot: () => toLiving(keeper.last),
    start: (_: AnyMachineSnapshot, scope: AnyActorScope) => keeper.began(scope.self),
    transition(living: AnyMachineSnapshot, event: AnyEventObject, scope: AnyActorScope) {
      if (event.type === 'xstate.stop') return machine.transition(living, event, scope as never)
      const before = toTrue(living)
      const step = takeStep(machine, before, event, scope)
      keeper.stepped(step)
      return toLiving(step.after)
    },
  })
}

function takeStep(
  machine: AnyStateMachine,
  before: AnyMachineSnapshot,
  event: AnyEventObject,
  scope: AnyActorScope,
): TwinStep {
  const delays: DelayChange[] = []
  const quiet = withoutTimers(scope, (change) => delays.push(change))
  const take = (event: AnyEventObject): AnyMachineSnapshot =>
    before.status === 'active' ? machine.transition(before, event, quiet as never) : before
  const place = (from: AnyMachineSnapshot, states: readonly string[]): AnyMachineSnapshot => {
    const after = placeIn(machine, from, states)
    delays.push(...delaysBetween(from, after, event))
    return after
  }

  const correction = event as CorrectionEvent
  switch (correction.type) {
    case 'setpoint.observed':
    case 'setpoint.left':
      return { event, before, after: place(before, correction.states), delays }
    case 'setpoint.moved': {
      const reached = correction.event === undefined ? before : take(correction.event)
      return { event, before, after: place(reached, correction.states), delays }
    }
    case 'setpoint.followed': {
      const { snapshot: after } = correction
      return { event, before, after, delays: [...delaysBetween(before, after, event)] }
    }
    case 'setpoint.disturbed':
      return { event, before, after: before, delays }
    default:
      return { event, before, after: take(event), delays }
  }
}

/** An actor whose snapshot is done hears nothing more, so it is shown an active one. */
const ended = new WeakMap<AnyMachineSnapshot, AnyMachineSnapshot>()

function toLiving(snapshot: AnyMachineSnapshot): AnyMachineSnapshot {
  if (snapshot.status !== 'done') return snapshot
  const living = { ...snapshot, status: 'active' as const, output: undefined }
  ended.set(living, snapshot)
  return living
}

function toTrue(living: AnyMachineSnapshot): AnyMachineSnapshot {
  return ended.get(living) ?? living
}
