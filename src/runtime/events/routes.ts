import { toRegExp } from '../../core/event-patterns.ts'
import type { Subscription } from './subscription.ts'

interface Route {
  readonly matches: RegExp
  readonly subscriptions: Set<Subscription>
}

/** Names whose listeners are remembered; there are as many as users make up. */
const MOST_NAMES = 1000
const NOBODY: readonly Subscription[] = []

/** The listeners to patterns, by the names that are told. */
export class Routes {
  readonly #byPattern = new Map<string, Route>()
  readonly #byName = new Map<string, readonly Subscription[]>()

  add(pattern: string, subscription: Subscription): void {
    const route = this.#byPattern.get(pattern)
    if (route !== undefined) route.subscriptions.add(subscription)
    else {
      const subscriptions = new Set([subscription])
      this.#byPattern.set(pattern, { matches: toRegExp(pattern), subscriptions })
    }
    this.#byName.clear()
  }

  remove(pattern: string, subscription: Subscription): void {
    const route = this.#byPattern.get(pattern)
    route?.subscriptions.delete(subscription)
    if (route?.subscriptions.size === 0) this.#byPattern.delete(pattern)
    this.#byName.clear()
  }

  /** A list that does not change while listeners come and go. */
  to(name: string): readonly Subscription[] {
    if (this.#byPattern.size === 0) return NOBODY
    const known = this.#byName.get(name)
    if (known !== undefined) return known
    const found = [...this.#byPattern.values()].flatMap(({ matches, subscriptions }) =>
      matches.test(name) ? [...subscriptions] : [],
    )
    if (this.#byName.size >= MOST_NAMES) this.#byName.clear()
    this.#byName.set(name, found)
    return found
  }
}
