import type { AnyActorScope, AnyEventObject, AnyMachineSnapshot, AnyStateMachine } from 'xstate'

type AnyStateNodeConfig = AnyStateMachine['config']

type ActionCall = Parameters<AnyActorScope['actionExecutor']>[0]

interface Step {
  readonly snapshot: AnyMachineSnapshot
  readonly actions: readonly ActionCall[]
}

/**
 * The same machine, computing each (state, event type) only once: snapshots are shared by all its
 * actors, and what a transition asked for (named entry and exit effects) is remembered and run
 * afresh through each actor's own scope, so snapshot, event and action inspection see every actor.
 * Only microsteps are not reported to an inspector.
 *
 * INVARIANT: valid only while a transition depends on nothing but state and event type, and a
 * snapshot holds nothing of its actor. So a machine with context, guards, invocations, timers,
 * eventless transitions or history is refused. The set of event types must be bounded.
 * @throws {TypeError} for such a machine.
 */
export function memoise<Machine extends AnyStateMachine>(machine: Machine): Machine {
  refuseImpure(machine.config, machine.id)
  const memo = new Memo(machine)
  return Object.assign(Object.create(machine) as Machine, {
    getInitialSnapshot: (scope: AnyActorScope) => memo.start(scope),
    restoreSnapshot: (snapshot: AnyMachineSnapshot, scope: AnyActorScope) =>
      memo.share(machine.restoreSnapshot(snapshot, scope)),
    transition: (snapshot: AnyMachineSnapshot, event: AnyEventObject, scope: AnyActorScope) =>
      memo.transition(snapshot, event, scope),
  })
}

class Memo {
  readonly #machine: AnyStateMachine
  readonly #shared = new Map<string, AnyMachineSnapshot>()
  readonly #steps = new WeakMap<AnyMachineSnapshot, Map<string, Step>>()
  #initial: Step | undefined

  constructor(machine: AnyStateMachine) {
    this.#machine = machine
  }

  start(scope: AnyActorScope): AnyMachineSnapshot {
    this.#initial ??= this.#compute(scope, (scope) => this.#machine.getInitialSnapshot(scope))
    return replay(this.#initial, scope, { type: 'xstate.init' })
  }

  transition(
    snapshot: AnyMachineSnapshot,
    event: AnyEventObject,
    scope: AnyActorScope,
  ): AnyMachineSnapshot {
    const known = this.#steps.get(snapshot)
    if (known === undefined || event.type === 'xstate.stop') {
      return this.#machine.transition(snapshot, event, scope)
    }
    const step = known.get(event.type) ?? this.#learn(known, snapshot, event, scope)
    return replay(step, scope, event)
  }

  /** The one snapshot of this state that all actors have. */
  share(snapshot: AnyMachineSnapshot): AnyMachineSnapshot {
    const key = JSON.stringify([snapshot.status, snapshot.value])
    const known = this.#shared.get(key)
    if (known !== undefined) return known
    this.#shared.set(key, snapshot)
    this.#steps.set(snapshot, new Map())
    return snapshot
  }

  #learn(
    known: Map<string, Step>,
    snapshot: AnyMachineSnapshot,
    event: AnyEventObject,
    scope: AnyActorScope,
  ): Step {
    const step = this.#compute(scope, (scope) => this.#machine.transition(snapshot, event, scope))
    known.set(event.type, step)
    return step
  }

  #compute(scope: AnyActorScope, run: (scope: AnyActorScope) => AnyMachineSnapshot): Step {
    const actions: ActionCall[] = []
    const snapshot = run({ ...scope, actionExecutor: (action) => actions.push(action) })
    return { snapshot: this.share(snapshot), actions }
  }
}

function replay(step: Step, scope: AnyActorScope, event: AnyEventObject): AnyMachineSnapshot {
  for (const { type, params, exec } of step.actions) {
    const info = {
      context: step.snapshot.context,
      event,
      self: scope.self,
      system: scope.system,
    } as ActionCall['info']
    scope.actionExecutor({ type, info, params, exec })
  }
  return step.snapshot
}

const IMPURE_STATE = ['context', 'invoke', 'after', 'always', 'history', 'onDone'] as const

function refuseImpure(state: AnyStateNodeConfig, path: string): void {
  const impure = IMPURE_STATE.find((key) => state[key] !== undefined)
  if (impure !== undefined) refuse(impure, path)
  if (state.type === 'history') refuse('history', path)
  for (const [event, transitions] of Object.entries(state.on ?? {})) {
    for (const transition of [transitions].flat()) {
      const isGuarded = typeof transition === 'object' && transition.guard !== undefined
      if (isGuarded) refuse('guard', `${path} on ${event}`)
    }
  }
  for (const [key, child] of Object.entries(state.states ?? {})) {
    refuseImpure(child, `${path}.${key}`)
  }
}

function refuse(part: string, path: string): never {
  throw new TypeError(`a machine with "${part}" (at ${path}) cannot be memoised`)
}
