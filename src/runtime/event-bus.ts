import { EventEmitter } from 'eventemitter3'
import type { EventName, RuntimeEvent, RuntimeEvents } from '../core/events.ts'
import type { Clock } from '../ports/clock.ts'

export type Listener<Data = unknown> = (event: RuntimeEvent<string, Data>) => void

interface Pattern {
  readonly matches: RegExp
  readonly listeners: Set<Listener>
}

/**
 * Named events with dotted patterns: `*` stands for one segment, `**` for any number (at
 * the end at least one). A listener
 * that throws is reported and does not keep others from hearing.
 */
export class EventBus {
  readonly #clock: Clock
  readonly #report: (error: unknown) => void
  readonly #exact = new EventEmitter<Record<string, Listener>>()
  readonly #patterns = new Map<string, Pattern>()
  /** What stands for listeners that want to hear once, by pattern. */
  readonly #once = new Map<string, Map<Listener, Listener>>()

  constructor(clock: Clock, report: (error: unknown) => void) {
    this.#clock = clock
    this.#report = report
  }

  /** The returned function takes the listener off again. */
  on<Name extends EventName>(name: Name, listener: Listener<RuntimeEvents[Name]>): () => void
  on(pattern: string, listener: Listener): () => void
  on(pattern: string, listener: Listener<never>): () => void {
    this.#add(pattern, listener as Listener)
    return () => this.off(pattern, listener as Listener)
  }

  once(pattern: string, listener: Listener): () => void {
    const wrapper = (event: RuntimeEvent) => {
      this.off(pattern, listener)
      return listener(event)
    }
    const wrappers = this.#once.get(pattern) ?? new Map<Listener, Listener>()
    this.#once.set(pattern, wrappers.set(listener, wrapper))
    this.#add(pattern, wrapper)
    return () => this.off(pattern, listener)
  }

  off(pattern: string, listener: Listener): void {
    const wrappers = this.#once.get(pattern)
    const wrapper = wrappers?.get(listener)
    if (wrapper !== undefined) {
      wrappers?.delete(listener)
      if (wrappers?.size === 0) this.#once.delete(pattern)
      this.#remove(pattern, wrapper)
    }
    this.#remove(pattern, listener)
  }

  emit<Name extends EventName>(name: Name, data: RuntimeEvents[Name]): void
  emit(name: string, data: unknown): void
  emit(name: string, data: unknown): void {
    if (!this.hears(name)) return
    const event = { name, at: this.#clock.now(), data }
    for (const listener of this.#exact.listeners(name)) this.#tell(listener, event)
    for (const { matches, listeners } of [...this.#patterns.values()]) {
      if (matches.test(name)) for (const listener of [...listeners]) this.#tell(listener, event)
    }
  }

  /** Whether anybody would hear it, so that hot paths need not build what nobody reads. */
  hears(name: string): boolean {
    return this.#patterns.size > 0 || this.#exact.listenerCount(name) > 0
  }

  #add(pattern: string, listener: Listener): void {
    if (!pattern.includes('*')) {
      this.#exact.on(pattern, listener)
      return
    }
    const entry = this.#patterns.get(pattern)
    if (entry !== undefined) entry.listeners.add(listener)
    else {
      this.#patterns.set(pattern, { matches: toRegExp(pattern), listeners: new Set([listener]) })
    }
  }

  #remove(pattern: string, listener: Listener): void {
    this.#exact.off(pattern, listener)
    const entry = this.#patterns.get(pattern)
    if (entry?.listeners.delete(listener) && entry.listeners.size === 0) {
      this.#patterns.delete(pattern)
    }
  }

  #tell(listener: Listener, event: RuntimeEvent): void {
    try {
      // A listener may be an async function although its type asks for none.
      const result: unknown = listener(event)
      if (result instanceof Promise) result.catch((error) => this.#report(error))
    } catch (error) {
      this.#report(error)
    }
  }
}

function toRegExp(pattern: string): RegExp {
  const segments = pattern.split('.')
  const source = segments.map((segment, index) => {
    const isLast = index === segments.length - 1
    if (segment === '**') return isLast ? '.+' : '(?:[^.]+\\.)*'
    const text = segment.replace(/[\\^$+?()[\]{}|]/g, '\\$&').replaceAll('*', '[^.]+')
    return isLast ? text : `${text}\\.`
  })
  return new RegExp(`^${source.join('')}$`)
}
