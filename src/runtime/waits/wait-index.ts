import { toRegExp } from '../../core/event-patterns.ts'
import type { RuntimeEvent } from '../../core/events.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { OpenWait } from './open-wait.ts'

interface Watch {
  readonly matches: RegExp
  readonly waits: Set<OpenWait>
  readonly stop: () => void
}

/**
 * The waits that this process knows, by name, tasklet and pattern. It listens for each pattern that
 * somebody waits for and for nothing else, so where nobody waits an event costs nothing more.
 */
export class WaitIndex {
  readonly #bus: EventBus
  readonly #heard: (wait: OpenWait, event: RuntimeEvent) => void
  readonly #byName = new Map<string, OpenWait>()
  readonly #byTasklet = new Map<string, Set<OpenWait>>()
  readonly #watches = new Map<string, Watch>()

  constructor(bus: EventBus, heard: (wait: OpenWait, event: RuntimeEvent) => void) {
    this.#bus = bus
    this.#heard = heard
  }

  get size(): number {
    return this.#byName.size
  }

  all(): readonly OpenWait[] {
    return [...this.#byName.values()]
  }

  get(name: string): OpenWait | undefined {
    return this.#byName.get(name)
  }

  taskletIds(): readonly string[] {
    return [...this.#byTasklet.keys()]
  }

  of(taskletId: string): readonly OpenWait[] {
    return [...(this.#byTasklet.get(taskletId) ?? [])]
  }

  /** Those whose pattern matches the name. */
  matching(name: string): readonly OpenWait[] {
    return [...this.#watches.values()]
      .filter(({ matches }) => matches.test(name))
      .flatMap(({ waits }) => [...waits])
  }

  /** @throws {InputError} for a pattern that no event could match. */
  add(wait: OpenWait): void {
    this.#watch(wait)
    this.#byName.set(wait.name, wait)
    const others = this.#byTasklet.get(wait.taskletId) ?? new Set()
    this.#byTasklet.set(wait.taskletId, others.add(wait))
  }

  remove(wait: OpenWait): void {
    if (this.#byName.get(wait.name) !== wait) return
    this.#byName.delete(wait.name)
    const others = this.#byTasklet.get(wait.taskletId)
    if (others?.delete(wait) && others.size === 0) this.#byTasklet.delete(wait.taskletId)
    this.unwatch(wait)
  }

  /** It is known, and listens no more: its event has come. */
  unwatch(wait: OpenWait): void {
    const watch = this.#watches.get(wait.pattern)
    if (watch === undefined || !watch.waits.delete(wait) || watch.waits.size > 0) return
    watch.stop()
    this.#watches.delete(wait.pattern)
  }

  clear(): void {
    for (const wait of this.all()) this.remove(wait)
  }

  #watch(wait: OpenWait): void {
    const { pattern, event } = wait
    if (event !== undefined) return
    const known = this.#watches.get(pattern)
    if (known !== undefined) {
      known.waits.add(wait)
      return
    }
    const waits = new Set([wait])
    const stop = this.#bus.on(pattern, (happened: RuntimeEvent) => {
      for (const one of [...waits]) this.#heard(one, happened)
    })
    this.#watches.set(pattern, { matches: toRegExp(pattern), waits, stop })
  }
}
