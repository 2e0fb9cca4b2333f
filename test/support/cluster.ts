import type { Store } from '../../src/ports/store.ts'
import { memoryStore } from '../../src/stores/memory/store.ts'

/** Calls after which others have to be told. */
const CHANGES: ReadonlySet<keyof Store> = new Set<keyof Store>([
  'insert',
  'claim',
  'settle',
  'rescue',
  'advance',
  'wake',
  'cancel',
  'clear',
  'hold',
  'revise',
  'writeFact',
])

/** One process's way to the store of a cluster. */
export interface Way {
  readonly store: Store
  /** From now on it gets no answer, and hears of nothing, as if its process were gone. */
  die(): void
  /** Its calls go on, so that it can be stopped when the test is over. */
  revive(): void
  /** No answer of the method comes back to this process until the gate is resolved. */
  withhold(name: keyof Store): PromiseWithResolvers<void>
  /** How often each method was called. */
  readonly calls: Partial<Record<keyof Store, number>>
}

/**
 * One store for several runtimes, each with a way of its own: what one changes the others hear of.
 * `lag`: what passes before a call reaches the store, and again before its answer is back.
 */
export function makeCluster(lag?: () => Promise<void>) {
  const kept = memoryStore()
  const gates = new Map<keyof Store, Promise<void>>()
  const heard = new Map<object, Set<() => void>>()

  function tellOthers(from: object): void {
    for (const [way, listeners] of heard) {
      if (way !== from) for (const listener of listeners) listener()
    }
  }

  function join(): Way {
    const listeners = new Set<() => void>()
    const calls: Way['calls'] = {}
    const withheld = new Map<keyof Store, Promise<void>>()
    let death: PromiseWithResolvers<void> | undefined

    async function call(name: keyof Store, given: readonly unknown[]): Promise<unknown> {
      calls[name] = (calls[name] ?? 0) + 1
      await lag?.()
      await gates.get(name)
      await death?.promise
      const answer: unknown = await Reflect.apply(kept[name] as never, kept, given)
      if (CHANGES.has(name) && hasChanged(answer)) tellOthers(way)
      await lag?.()
      await withheld.get(name)
      await death?.promise
      return answer
    }

    const way: Store = new Proxy(kept, {
      get(target, name: keyof Store) {
        if (name === 'isShared') return true
        if (name === 'close') return () => Promise.resolve()
        if (name === 'onOutbox') return target.onOutbox.bind(target)
        if (name === 'onForeignChange') {
          return (listener: () => void) => {
            listeners.add(listener)
            return () => listeners.delete(listener)
          }
        }
        if (typeof target[name] !== 'function') return target[name]
        return (...given: unknown[]) => call(name, given)
      },
    })
    heard.set(way, listeners)
    return {
      store: way,
      calls,
      withhold(name) {
        const gate = Promise.withResolvers<void>()
        withheld.set(name, gate.promise)
        return gate
      },
      die() {
        death = Promise.withResolvers()
        heard.delete(way)
      },
      revive() {
        death?.resolve()
        death = undefined
      },
    }
  }

  /** No call of the method reaches the store until the answer is resolved. */
  function stop(name: keyof Store): PromiseWithResolvers<void> {
    const gate = Promise.withResolvers<void>()
    gates.set(name, gate.promise)
    return gate
  }

  return { kept, join, stop }
}

/** Calls that found nothing to do have changed nothing; the others are not told apart. */
function hasChanged(answer: unknown): boolean {
  if (Array.isArray(answer)) return answer.length > 0
  if (typeof answer !== 'object' || answer === null) return answer !== false
  if ('held' in answer) return answer.held === true
  if ('written' in answer) return answer.written === true
  const isAdvance = 'queues' in answer && 'changed' in answer
  return !isAdvance || JSON.stringify(answer) !== '{"queues":[],"changed":[]}'
}
