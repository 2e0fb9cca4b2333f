import type { InspectionEvent, StateValue } from 'xstate'
import { nameOf } from './model-paths.ts'

/** What the inspection of a runtime says about the actor with one id: its events and its states. */
export class InspectedActor {
  readonly states: string[] = []
  readonly events: string[] = []
  readonly #id: string

  constructor(id: string) {
    this.#id = id
  }

  readonly inspect = (event: InspectionEvent): void => {
    if (event.type !== '@xstate.snapshot' || (event.actorRef as { id?: string }).id !== this.#id) {
      return
    }
    const { value } = event.snapshot as { readonly value?: StateValue }
    if (value !== undefined) this.states.push(nameOf(value))
    this.events.push(event.event.type)
  }

  get state(): string {
    return this.states.at(-1) ?? 'missing'
  }
}
