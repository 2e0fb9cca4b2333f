import { type AnyActorRef, fromPromise, type PromiseActorLogic } from 'xstate'
import { ABORT } from '../../plan/steps/program.ts'

export interface Given<Input> {
  readonly input: Input
  /** Aborted when the actor is sent ABORT or stopped. */
  readonly signal: AbortSignal
  readonly self: AnyActorRef
}

/** Work as an actor that ends when the work does, also after it was told to stop. */
export function abortable<Output, Input>(
  work: (given: Given<Input>) => Promise<Output>,
): PromiseActorLogic<Output, Input> {
  const controllers = new WeakMap<object, AbortController>()
  const logic = fromPromise<Output, Input>(({ input, signal, self }) => {
    const controller = new AbortController()
    controllers.set(self, controller)
    return work({ input, self, signal: AbortSignal.any([signal, controller.signal]) })
  })
  return {
    ...logic,
    transition(snapshot, event, scope) {
      // The type of its events is open; only the names of XState's own are known.
      if ((event as { readonly type: string }).type !== ABORT.type) {
        return logic.transition(snapshot, event, scope)
      }
      controllers.get(scope.self)?.abort(new DOMException('a step beside it failed', 'AbortError'))
      return snapshot
    },
  }
}
