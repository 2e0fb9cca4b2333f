import type { Store } from '../../src/ports/store.ts'
import { memoryStore } from '../../src/stores/memory/store.ts'

/** One store for several runtimes: it stays open when the first of them stops. */
export function sharedStore(): Store {
  return new Proxy(memoryStore(), {
    get(target, method: keyof Store) {
      if (method === 'close') return () => Promise.resolve()
      const member = target[method]
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

/** One process's way to a store. From `hang` on it gets no answer, until `recover`. */
export function wayTo(store: Store) {
  let gate: PromiseWithResolvers<void> | undefined
  const way = new Proxy(store, {
    get(target, method: keyof Store) {
      const member = target[method]
      if (typeof member !== 'function') return member
      return (...given: never[]) => {
        const call = () => Reflect.apply(member, target, given)
        return gate === undefined || method === 'onForeignChange' ? call() : gate.promise.then(call)
      }
    },
  })
  return {
    store: way,
    hang: () => {
      gate ??= Promise.withResolvers()
    },
    recover: () => {
      gate?.resolve()
      gate = undefined
    },
  }
}
