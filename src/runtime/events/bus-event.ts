import { isRuntimeEvent } from '../../core/event-names.ts'
import type { RuntimeEvent } from '../../core/events.ts'
import type { Lineage, TriggeringEvent } from '../../core/tasklet.ts'
import { childOf } from './lineage.ts'

/** An event whose lineage is made when somebody first reads it: most are never asked for theirs. */
export class BusEvent implements RuntimeEvent {
  readonly name: string
  readonly at: number
  readonly data: unknown
  readonly #cause: Lineage | undefined
  readonly #newId: () => string
  #lineage: Lineage | undefined

  constructor(
    name: string,
    at: number,
    data: unknown,
    cause: Lineage | undefined,
    newId: () => string,
  ) {
    this.name = name
    this.at = at
    this.data = data
    this.#cause = cause
    this.#newId = newId
  }

  get lineage(): Lineage {
    this.#lineage ??= childOf(this.#cause ?? causeOf(this), this.#newId())
    return this.#lineage
  }

  /** For JSON, which does not look at the getters of a class. */
  toJSON(): TriggeringEvent {
    const { name, at, data, lineage } = this
    return { name, at, data, lineage }
  }
}

/** What is told about a tasklet came of the event that the tasklet was submitted for. */
function causeOf({ name, data }: RuntimeEvent): Lineage | undefined {
  if (!isRuntimeEvent(name)) return undefined
  const { tasklet } = (data ?? {}) as { readonly tasklet?: { readonly event?: TriggeringEvent } }
  return tasklet?.event?.lineage
}
