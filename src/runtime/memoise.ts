import type { AnyActorScope, AnyEventObject, AnyMachineSnapshot, AnyStateMachine } from 'xstate'

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
  refuseImpure(machine.config)
  const shared = new Map<string, AnyMachineSnapshot>()
  const steps = new WeakMap<AnyMachineSnapshot, Map<string, Step>>()
  let initial: Step | undefined

  const share = (snapshot: AnyMachineSnapshot): AnyMachineSnapshot => {
    const key = JSON.stringify([snapshot.status, snapshot.value])
    const known = shared.get(key)
    if (known !== undefined) return known
    shared.set(key, snapshot)
    steps.set(snapshot, new Map())
    return snapshot
  }

  const compute = (
    scope: AnyActorScope,
    run: (collecting: AnyActorScope) => AnyMachineSnapshot,
  ): Step => {
    const actions: ActionCall[] = []
    const snapshot = run({ ...scope, actionExecutor: (action) => actions.push(action) })
    return { snapshot: share(snapshot), actions }
  }

  return Object.assign(Object.create(machine) as Machine, {
    getInitialSnapshot(scope: AnyActorScope) {
      initial ??= compute(scope, (collecting) => machine.getInitialSnapshot(collecting))
      return replay(initial, scope, { type: 'xstate.init' })
    },
    restoreSnapshot(snapshot: AnyMachineSnapshot, scope: AnyActorScope) {
      return share(machine.restoreSnapshot(snapshot, scope))
    },
    transition(snapshot: AnyMachineSnapshot, event: AnyEventObject, scope: AnyActorScope) {
      const known = steps.get(snapshot)
      if (known === undefined || event.type === 'xstate.stop') {
        return machine.transition(snapshot, event, scope)
      }
      let step = known.get(event.type)
      if (step === undefined) {
        step = compute(scope, (collecting) => machine.transition(snapshot, event, collecting))
        known.set(event.type, step)
      }
      return replay(step, scope, event)
    },
  })
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

const IMPURE = ['context', 'guard', 'invoke', 'after', 'always', 'history'] as const

function refuseImpure(part: unknown, path = ''): void {
  if (typeof part !== 'object' || part === null) return
  for (const [key, value] of Object.entries(part)) {
    if (!path.endsWith('.states') && (IMPURE as readonly string[]).includes(key)) {
      throw new TypeError(`a machine with "${key}" (at ${path || 'the root'}) cannot be memoised`)
    }
    refuseImpure(value, `${path}.${key}`)
  }
}
