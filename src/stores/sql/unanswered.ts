import type { Settlement } from '../../core/tasklet.ts'
import type { Row } from './rows.ts'

type Ref = Pick<Settlement, 'id' | 'token'>

/** The oldest are forgotten when there are more: whoever gives up never asks again. */
const MOST = 10_000

/**
 * Settlements of which nobody knows whether they were committed, because the connection was lost.
 * Who asks for one of them again and finds it done has done it.
 */
export class Unanswered {
  /** When they end their deliveries, by id and token. */
  readonly #ends = new Map<string, number>()

  note(settlements: readonly Settlement[]): void {
    for (const { at, ...settlement } of settlements) this.#ends.set(keyOf(settlement), at)
    for (const key of this.#ends.keys()) {
      if (this.#ends.size <= MOST) break
      this.#ends.delete(key)
    }
  }

  answered(settlements: readonly Settlement[]): void {
    if (this.#ends.size === 0) return
    for (const settlement of settlements) this.#ends.delete(keyOf(settlement))
  }

  /** Whether the record stands as the settlement has left it. */
  isDone({ tasklet, lost }: Row, { id, token, status }: Settlement): boolean {
    const at = this.#ends.get(keyOf({ id, token }))
    if (at === undefined || tasklet.updatedAt !== at || tasklet.deliveries !== token) return false
    // A rescue at the same moment would count the delivery as lost.
    return lost === 0 && (tasklet.status === status || tasklet.status === 'cancelled')
  }
}

function keyOf({ id, token }: Ref): string {
  return `${token} ${id}`
}
