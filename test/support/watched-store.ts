import type { Store } from '../../src/ports/store.ts'
import { memoryStore } from '../../src/stores/memory/store.ts'

export interface WatchedStore {
  readonly store: Store
  /** The names of the methods that were called. */
  readonly calls: string[]
  /** The next calls of a method reject, as often as told. */
  fail(method: keyof Store, times: number): void
}

/** The memory store, with a list of what it was asked, and failing on command. */
export function watchedStore(inner: Store = memoryStore()): WatchedStore {
  const calls: string[] = []
  const failures = new Map<string, number>()
  const store = new Proxy(inner, {
    get(target, method: keyof Store) {
      const member = target[method]
      if (typeof member !== 'function') return member
      return (...given: never[]) => {
        calls.push(method)
        const left = failures.get(method) ?? 0
        failures.set(method, left - 1)
        if (left > 0) return Promise.reject(new Error(`the store failed to ${method}`))
        return Reflect.apply(member, target, given)
      }
    },
  })
  return { store, calls, fail: (method, times) => void failures.set(method, times) }
}
