import { SetpointError } from '../../core/errors.ts'
import { toRegExp } from '../../core/event-patterns.ts'
import type { RuntimeEvent } from '../../core/events.ts'
import { toJson } from '../../core/json.ts'
import type { TriggeringEvent } from '../../core/tasklet.ts'
import type { Fact } from '../../ports/store-messages.ts'
import { Condition } from './condition.ts'
import {
  factKey,
  type StoredWait,
  toStoredWait,
  WAIT_FACT,
  type WaitRecord,
} from './wait-record.ts'

/** Whether the event would end the wait; a condition that has no answer is not fulfilled. */
export function isAwaited(wait: StoredWait, event: TriggeringEvent): boolean {
  const { pattern, where, scope, openedAt } = wait
  if (event.at < openedAt || !toRegExp(pattern).test(event.name)) return false
  try {
    return where === undefined || new Condition(where, scope).holds(scope, event)
  } catch (error) {
    if (error instanceof SetpointError) return false
    throw error
  }
}

/** A wait that this process knows, and how far it is. */
export class OpenWait {
  readonly taskletId: string
  readonly key: string
  /** Resolves when the store has it; rejects when it could not be stored. */
  opened: Promise<unknown> = Promise.resolve()
  /** The store has it. */
  isOpen = false
  /** The tasklet was woken because the event has come. */
  hasWoken = false
  /** An event was chosen and is being written. */
  isTaking = false
  #record: WaitRecord
  #version: number
  #condition: Condition | undefined

  constructor({ taskletId, key, version, ...record }: StoredWait) {
    this.taskletId = taskletId
    this.key = key
    this.#version = version
    this.#record = record
  }

  get name(): string {
    return factKey(this.taskletId, this.key)
  }

  get pattern(): string {
    return this.#record.pattern
  }

  get event(): TriggeringEvent | undefined {
    return this.#record.event
  }

  /** Its event has come, and its tasklet may sleep all the same. */
  get isDue(): boolean {
    return this.#record.event !== undefined && !this.#record.isTold && !this.hasWoken
  }

  /** Whether it was closed, and one of the same name opened, by somebody else. */
  wasReplacedBy(fact: Fact): boolean {
    const stored = toStoredWait(fact)
    return stored !== undefined && stored.openedAt !== this.#record.openedAt
  }

  /** What the store has now; false when it has no such wait any more. */
  read(fact: Fact): boolean {
    const stored = toStoredWait(fact)
    if (stored === undefined) return false
    const { taskletId: _, key: __, version, ...record } = stored
    this.#version = version
    this.#record = record
    return true
  }

  /**
   * The event as it is kept, if it is the one.
   * @throws {ExpressionError} @throws {InputError} when that cannot be told.
   */
  match(event: RuntimeEvent): TriggeringEvent | undefined {
    const { where, scope, openedAt, event: taken } = this.#record
    if (taken !== undefined || this.isTaking || event.at < openedAt) return undefined
    const data = toJson(event.data, `event "${event.name}": data`)
    const found = { name: event.name, at: event.at, data, lineage: event.lineage }
    if (where === undefined) return found
    this.#condition ??= new Condition(where, scope)
    return this.#condition.holds(scope, found) ? found : undefined
  }

  /** The fact to be written when this is so; with no changes: to open it. */
  toFact(changes: Pick<Partial<WaitRecord>, 'event' | 'isTold'> = {}): Fact {
    const value = { ...this.#record, ...changes }
    return { kind: WAIT_FACT, key: this.name, value, version: this.#version }
  }

  toRemoval(): Fact {
    return { kind: WAIT_FACT, key: this.name, value: undefined, version: this.#version }
  }
}
