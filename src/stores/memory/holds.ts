import type { Tasklet } from '../../core/tasklet.ts'
import type { Hold, HoldOutcome, HoldRequest, HoldRevision } from '../../ports/holds.ts'
import { decideHold, type Held, isNothing, toRevised } from '../holds.ts'
import { holds } from '../moves.ts'

interface Kept extends Held {
  /** Of the lease with which it ends. */
  readonly token: number
}

/** What running tasklets hold, by their ids. What is held under a lease that has ended is dead. */
export class Holds {
  readonly #kept = new Map<string, Kept>()
  readonly #find: (id: string) => Tasklet | undefined

  constructor(find: (id: string) => Tasklet | undefined) {
    this.#find = find
  }

  /** The request has passed `requireHold`. */
  take(request: HoldRequest): HoldOutcome {
    const { id, token } = request.lease
    const tasklet = this.#find(id)
    if (tasklet === undefined || !holds(tasklet, token)) return { held: false, holders: [] }
    const decision = decideHold(request, this.all())
    if (!decision.held) return decision
    const kept = { token, ...decision.next }
    this.#keep(id, kept)
    return { held: true, hold: toHold(tasklet, kept) }
  }

  /** The revision has passed `requireRevision`. */
  revise(revision: HoldRevision): boolean {
    const { id, token } = revision.lease
    const kept = this.#kept.get(id)
    if (kept?.token !== token || this.#holderOf(id, kept) === undefined) return false
    this.#keep(id, { token, ...toRevised(kept, revision) })
    return true
  }

  /** By the sequence of their tasklets. Forgets the dead by the way. */
  all(): Hold[] {
    const live: [Tasklet, Hold][] = []
    for (const [id, kept] of this.#kept) {
      const tasklet = this.#holderOf(id, kept)
      if (tasklet === undefined) this.#kept.delete(id)
      else live.push([tasklet, toHold(tasklet, kept)])
    }
    live.sort(([one], [other]) => one.sequence - other.sequence)
    return live.map(([, hold]) => hold)
  }

  drop(id: string): void {
    this.#kept.delete(id)
  }

  #keep(id: string, kept: Kept): void {
    if (isNothing(kept)) this.#kept.delete(id)
    else this.#kept.set(id, kept)
  }

  #holderOf(id: string, { token }: Kept): Tasklet | undefined {
    const tasklet = this.#find(id)
    return tasklet !== undefined && holds(tasklet, token) ? tasklet : undefined
  }
}

/** It shares no value with what is kept. */
function toHold({ id, lease }: Tasklet, { token, units, world }: Kept): Hold {
  return {
    id,
    token,
    owner: lease?.owner ?? '',
    until: lease?.until ?? 0,
    units: units.map((one) => ({ ...one })),
    world: world && { ...world, states: world.states && [...world.states] },
  }
}
