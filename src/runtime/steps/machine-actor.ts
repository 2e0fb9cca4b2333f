import {
  type AnyActorRef,
  type AnyActorScope,
  type AnyEventObject,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
} from 'xstate'
import type { StepsInput, StepsOutput } from '../../plan/steps/program.ts'

/** A machine of steps under way. */
export interface MachineActor {
  /** Stays pending once it was halted. */
  readonly ended: Promise<StepsOutput>
  /** Ends the machine where it stands; what it invoked is told to stop. */
  halt(): void
}

export interface ActorPlace {
  /** The actor appears in the inspector as a child of this one. */
  readonly parent: AnyActorRef
  /** One of few: the parent may remember what it did for each. */
  readonly id: string
  readonly input: StepsInput
}

/** What an actor gets whose parent stops it; a child that its parent does not know has to be sent it. */
const STOP = { type: 'xstate.stop' } as const

/** Starts the machine, whose actors have their places, below another actor. */
export function startMachine(machine: AnyStateMachine, place: ActorPlace): MachineActor {
  const { promise: ended, resolve } = Promise.withResolvers<StepsOutput>()
  // The options' type leaves `parent` out because spawning is the usual way; the actor takes it.
  const options = place as { id: string; input: StepsInput }
  const actor = createActor(withoutErrors(machine), options)
  actor.subscribe({
    complete: () => {
      const output = actor.getSnapshot().output as StepsOutput | undefined
      if (output !== undefined) resolve(output)
    },
  })
  actor.start()
  return {
    ended,
    halt: () => {
      if (actor.getSnapshot().status === 'active') actor.send(STOP)
    },
  }
}

/**
 * The same machine, whose error is an output: the error of a child would be one of its parent, which
 * has more to do.
 */
function withoutErrors(machine: AnyStateMachine): AnyStateMachine {
  const guarded = (compute: () => AnyMachineSnapshot) => {
    try {
      const snapshot = compute()
      return snapshot.status === 'error' ? failed(snapshot, snapshot.error) : snapshot
    } catch (error) {
      return failed({}, error)
    }
  }
  return Object.assign(Object.create(machine) as AnyStateMachine, {
    getInitialSnapshot: (scope: AnyActorScope, input: unknown) =>
      guarded(() => machine.getInitialSnapshot(scope as never, input)),
    transition: (snapshot: AnyMachineSnapshot, event: AnyEventObject, scope: AnyActorScope) =>
      guarded(() => machine.transition(snapshot, event, scope as never)),
  })
}

function failed(snapshot: object, error: unknown): AnyMachineSnapshot {
  const output = { status: 'failed', error, step: '' } satisfies StepsOutput
  // It has what an actor reads of a snapshot that is done.
  return { ...snapshot, status: 'done', output, error: undefined } as unknown as AnyMachineSnapshot
}
