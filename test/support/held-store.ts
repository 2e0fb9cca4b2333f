import { onTestFinished } from 'vitest'
import type { Store } from '../../src/ports/store.ts'

/** A store whose methods stand still where a test says so, and which outlives its runtimes. */
export interface HeldStore {
  readonly store: Store
  /** Calls of the method wait from now on. */
  hold(method: keyof Store): void
  /** They go on; with an error, those that wait reject instead of being carried out. */
  release(method: keyof Store, error?: Error): void
  releaseAll(): void
}

export function heldStore(inner: Store): HeldStore {
  const gates = new Map<keyof Store, PromiseWithResolvers<void>>()
  const store = new Proxy(inner, {
    get(target, method: keyof Store) {
      if (method === 'close') return () => Promise.resolve()
      const member = target[method]
      if (typeof member !== 'function') return member
      return (...given: never[]) => {
        const carryOut = () => Reflect.apply(member, target, given)
        const gate = gates.get(method)
        return gate === undefined ? carryOut() : gate.promise.then(carryOut)
      }
    },
  })
  const release = (method: keyof Store, error?: Error) => {
    const gate = gates.get(method)
    gates.delete(method)
    if (error === undefined) gate?.resolve()
    else gate?.reject(error)
  }
  const hold = (method: keyof Store) => {
    const gate = Promise.withResolvers<void>()
    // Nobody may come before the gate is opened.
    gate.promise.catch(() => {})
    gates.set(method, gate)
  }
  // The runtime stops before this, if it was made after this store: the last one registered is first.
  onTestFinished(() => inner.close())
  const releaseAll = () => {
    for (const method of gates.keys()) release(method)
  }
  return { store, hold, release, releaseAll }
}
