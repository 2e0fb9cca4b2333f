import type { Store } from '../../src/ports/store.ts'

const underWay = new Set<Promise<unknown>>()

/** A store at the other end of a connection: `storeCallsDone` knows what it has not answered yet. */
export function watchCalls(store: Store): Store {
  return new Proxy(store, {
    get(target, method: keyof Store) {
      const member = target[method]
      if (typeof member !== 'function') return member
      return (...given: never[]) => {
        const answer: unknown = Reflect.apply(member, target, given)
        if (answer instanceof Promise) watch(answer)
        return answer
      }
    },
  })
}

/** Waits for the answers that watched stores owe; false when there was none to wait for. */
export async function storeCallsDone(): Promise<boolean> {
  if (underWay.size === 0) return false
  await Promise.allSettled(underWay)
  return true
}

function watch(answer: Promise<unknown>): void {
  underWay.add(answer)
  const end = () => void underWay.delete(answer)
  answer.then(end, end)
}
