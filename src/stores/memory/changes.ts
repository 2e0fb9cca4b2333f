import { type ErrorRecord, InputError } from '../../core/errors.ts'
import { toJson } from '../../core/json.ts'
import { isFinal } from '../../core/status.ts'
import type { Settlement, Tasklet } from '../../core/tasklet.ts'
import type {
  Advance,
  Cancellation,
  LeaseRef,
  Renewal,
  RescueRequest,
  SettleOutcome,
} from '../../ports/store-messages.ts'
import { settleDependents } from '../dependencies.ts'
import * as moves from '../moves.ts'
import type { Tallies } from '../tallies.ts'
import { toReader } from './copies.ts'
import type { Records } from './records.ts'

/** What goes on and what ends: deliveries and records, with what follows for the dependents. */
export class Changes {
  readonly #records: Records
  readonly #tallies: Tallies

  constructor(records: Records, tallies: Tallies) {
    this.#records = records
    this.#tallies = tallies
  }

  settle(settlement: Settlement): SettleOutcome {
    const tasklet = this.#records.get(settlement.id)
    if (tasklet === undefined || !moves.holds(tasklet, settlement.token)) {
      return { accepted: false, holder: tasklet?.lease?.owner }
    }
    try {
      const next = moves.toSettled(tasklet, settlement, toJson(settlement.output, 'output'))
      this.#records.replace(tasklet, next)
      if (this.#records.lost.size > 0) this.#records.lost.delete(tasklet.id)
      this.#tallies.settled(tasklet, next, settlement.at)
      const isAwaited = isFinal(next.status) && this.#records.isNeeded(next.id)
      const changed = isAwaited ? toReaders(this.#follow([next], settlement.at)) : NONE
      return { accepted: true, tasklet: toReader(next), changed }
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return { accepted: false, holder: tasklet.lease?.owner, error }
    }
  }

  renew(leases: readonly LeaseRef[], until: number): Renewal {
    const lost: string[] = []
    const cancelled: { id: string; reason: string }[] = []
    for (const { id, token, deadline } of leases) {
      const tasklet = this.#records.get(id)
      if (tasklet?.lease === undefined || !moves.holds(tasklet, token)) {
        lost.push(id)
        continue
      }
      const lease = { ...tasklet.lease, until }
      this.#records.replace(tasklet, { ...tasklet, lease, deadline: deadline ?? tasklet.deadline })
      const reason = tasklet.cancelRequested
      if (reason !== undefined) cancelled.push({ id, reason })
    }
    return { lost, cancelled }
  }

  rescue(ended: Iterable<Tasklet>, request: RescueRequest): Tasklet[] {
    const rescued = Array.from(ended, (tasklet) => this.#rescueOne(tasklet, request))
    const final = rescued.filter(({ status }) => isFinal(status))
    for (const tasklet of final) this.#tallies.ended(tasklet, request.now)
    return toReaders([...rescued, ...this.#follow(final, request.now)])
  }

  cancel(id: string, error: ErrorRecord, now: number): Cancellation {
    const tasklet = this.#records.get(id)
    if (tasklet === undefined) return { outcome: 'missing', changed: NONE }
    if (isFinal(tasklet.status)) return { outcome: 'settled', changed: NONE }
    if (tasklet.status === 'running') {
      this.#records.replace(tasklet, moves.withCancelRequest(tasklet, error.message, now))
      return { outcome: 'requested', changed: NONE }
    }
    return { outcome: 'cancelled', changed: this.cancelAll([tasklet], error, now) }
  }

  /** All of them first, so that none is failed for the sake of another. */
  cancelAll(waiting: readonly Tasklet[], error: ErrorRecord, now: number): Tasklet[] {
    return this.#end(waiting, (tasklet) => moves.toCancelled(tasklet, error, now), now)
  }

  /** Expiry comes first: what has expired and is due at once does not become ready. */
  advance(now: number): Advance {
    const records = this.#records
    const expired = records.expiring.take(now)
    const changed = this.#end(expired, (tasklet) => moves.toExpired(tasklet, now), now)
    const queues = new Set(
      changed.filter(({ status }) => status === 'pending').map(({ queue }) => queue),
    )
    for (const tasklet of records.later.take(now)) {
      queues.add(records.replace(tasklet, moves.toPending(tasklet, now)).queue)
    }
    return { queues: [...queues], changed }
  }

  wake(ids: readonly string[], now: number): Tasklet[] {
    const woken: Tasklet[] = []
    for (const id of ids) {
      const tasklet = this.#records.get(id)
      if (tasklet?.status !== 'scheduled') continue
      woken.push(this.#records.replace(tasklet, moves.toPending(tasklet, now)))
    }
    return toReaders(woken)
  }

  #end(waiting: readonly Tasklet[], toEnd: (tasklet: Tasklet) => Tasklet, now: number) {
    const ended = waiting.map((tasklet) => this.#records.replace(tasklet, toEnd(tasklet)))
    for (const tasklet of ended) this.#tallies.ended(tasklet, now)
    return toReaders([...ended, ...this.#follow(ended, now)])
  }

  #follow(settled: readonly Tasklet[], now: number): Tasklet[] {
    const changed = settleDependents(settled, this.#records, now)
    for (const tasklet of changed) this.#tallies.ended(tasklet, now)
    return changed
  }

  #rescueOne(tasklet: Tasklet, request: RescueRequest): Tasklet {
    const lost = (this.#records.lost.get(tasklet.id) ?? 0) + 1
    const next = moves.toRescued(tasklet, request, lost)
    this.#records.lost.set(tasklet.id, lost)
    this.#tallies.leaseExpired(tasklet, request.now)
    return this.#records.replace(tasklet, next)
  }
}

const NONE: Tasklet[] = []

function toReaders(tasklets: readonly Tasklet[]): Tasklet[] {
  return tasklets.map(toReader)
}
