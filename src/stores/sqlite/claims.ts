import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Tasklet } from '../../core/tasklet.ts'
import type { ClaimRequest } from '../../ports/store-messages.ts'
import { type Budgets, budgetsOf, groupKey, type Usage } from '../budgets.ts'
import { LastDeliveries } from '../last-deliveries.ts'
import { toClaimed } from '../moves.ts'
import { firstToRun } from '../selection.ts'
import { STATUS_CODES } from './columns.ts'
import { type Lane, Lanes } from './lanes.ts'
import type { Ledger } from './ledger.ts'
import type { Row } from './rows.ts'
import { type LaneKey, Turns } from './turns.ts'

const LEASE = `UPDATE tasklets SET status = 3, deliveries = deliveries + 1,
  owner = ?, lease_until = ?, started_at = ?, updated_at = ?
  WHERE status = 2 AND sequence IN (SELECT value FROM json_each(?))`

const RUNNING = `SELECT task, grp, count(*) AS count FROM tasklets INDEXED BY leases
  WHERE status = 3 GROUP BY task, grp`

const LOSSES = `SELECT sequence, lost, status FROM tasklets INDEXED BY losses
  WHERE lost > 0 AND (status = 2 OR status = 3)`

interface Selection {
  /** In the order in which they run. */
  readonly sequences: readonly number[]
  readonly served: ReadonlyMap<LaneKey, number>
  readonly budgets: Budgets | undefined
}

/** Which pending tasklets run next. */
export class Claims {
  readonly #ledger: Ledger
  readonly #turns: Turns
  readonly #lanes: Lanes
  readonly #lease: StatementSync
  readonly #running: StatementSync
  readonly #losses: StatementSync
  readonly #starts: StatementSync
  readonly #start: StatementSync
  readonly #forgetStarts: StatementSync
  readonly #paused: StatementSync

  constructor(db: DatabaseSync, ledger: Ledger) {
    this.#ledger = ledger
    this.#turns = new Turns(db)
    this.#lanes = new Lanes(db, ledger.names, this.#turns)
    this.#lease = db.prepare(LEASE)
    this.#running = db.prepare(RUNNING)
    this.#losses = db.prepare(LOSSES)
    this.#starts = db.prepare('SELECT at, count FROM starts WHERE key = ? ORDER BY at DESC')
    this.#start = db.prepare(`INSERT INTO starts VALUES (?1, ?2, ?3)
      ON CONFLICT DO UPDATE SET count = count + ?3`)
    this.#forgetStarts = db.prepare('DELETE FROM starts WHERE key = ? AND at <= ?')
    this.#paused = db.prepare('SELECT 1 FROM queues WHERE queue = ? AND paused = 1')
  }

  /** Leases up to `limit` tasklets that may run: inside a transaction only. */
  claim(request: ClaimRequest): readonly Tasklet[] {
    const { sequences, served, budgets } = this.#select(request)
    if (sequences.length === 0) return []
    const { owner, leaseUntil, now } = request
    const rows = this.#read(sequences)
    const { names } = this.#ledger
    this.#lease.run(names.idOf(owner), leaseUntil, now, now, JSON.stringify(sequences))
    const grouped = new Set(Array.from(served.keys(), ({ task, group }) => (group ? task : 0)))
    for (const [key, turn] of served) this.#turns.serve(key, turn, grouped.has(key.task))
    for (const [window, count] of budgets?.started ?? []) this.#noteStarts(window, count, request)
    return rows.map((row) => {
      const tasklet = toClaimed(row.tasklet, request)
      this.#ledger.journal.note('started', row.tasklet, tasklet, now)
      this.#ledger.leased.set(tasklet.id, { ...row, tasklet })
      return tasklet
    })
  }

  /** What `claim` would lease now, in order; changes nothing. */
  candidates(request: ClaimRequest): readonly Tasklet[] {
    return this.#read(this.#select(request).sequences).map(({ tasklet }) => tasklet)
  }

  /** When the first that only rate limits keep back may start. */
  nextStart(request: ClaimRequest): number | undefined {
    const budgets = budgetsOf(request, this.#usage())
    const queue = this.#openQueue(request)
    if (budgets === undefined || queue === undefined) return undefined
    const times = this.#lanes
      .open(queue, request)
      .flatMap(({ task, group }) => budgets.opensAt(task, group) ?? [])
    return times.length === 0 ? undefined : Math.min(...times)
  }

  forget(): void {
    this.#turns.forget()
  }

  #select(request: ClaimRequest): Selection {
    const budgets = budgetsOf(request, this.#usage())
    const served = new Map<LaneKey, number>()
    const sequences: number[] = []
    const queue = this.#openQueue(request)
    if (queue === undefined) return { sequences, served, budgets }
    const last = this.#lastDeliveries(request)
    let lanes = this.#lanes.open(queue, request)
    while (sequences.length < request.limit) {
      const lane = firstToRun(lanes)
      if (lane === undefined) break
      if (budgets === undefined || budgets.admits(lane.task, lane.group)) {
        if (last?.admits(lane.sequence) ?? true) {
          budgets?.spend(lane.task, lane.group)
          sequences.push(lane.sequence)
          this.#serve(lanes, lane, served)
        }
        if (!lane.fill()) lanes = lanes.filter((one) => one !== lane)
      } else {
        lanes = lanes.filter(({ task, group }) => task !== lane.task || group !== lane.group)
      }
    }
    return { sequences, served, budgets }
  }

  /** The number of the queue, if it hands out anything. */
  #openQueue({ queue }: ClaimRequest): number | undefined {
    const id = this.#ledger.names.find(queue)
    return id === undefined || this.#paused.get(id) !== undefined ? undefined : id
  }

  /** A turn belongs to all lanes of the group. */
  #serve(lanes: readonly Lane[], lane: Lane, served: Map<LaneKey, number>): void {
    const turn = this.#turns.next()
    served.set(lane.key, turn)
    if (lane.key.priority === undefined) {
      lane.turn = turn
      return
    }
    for (const one of lanes) {
      if (one.task === lane.task && one.group === lane.group) one.turn = turn
    }
  }

  #read(sequences: readonly number[]): readonly Row[] {
    const places = new Map(sequences.map((sequence, index) => [sequence, index]))
    const place = ({ tasklet }: Row) => places.get(tasklet.sequence) ?? 0
    return this.#ledger.rows
      .bySequences(sequences)
      .toSorted((one, other) => place(one) - place(other))
  }

  #usage(): Usage {
    let running: ReadonlyMap<string, number> | undefined
    return {
      running: (task, group) => {
        running ??= this.#runningGroups()
        return running.get(groupKey(task, group)) ?? 0
      },
      latestStart: (window, nth) => this.#latestStart(window, nth),
    }
  }

  #lastDeliveries({ lastDelivery }: ClaimRequest): LastDeliveries<number> | undefined {
    if (lastDelivery === undefined) return undefined
    const losses = this.#losses.all()
    if (losses.length === 0) return undefined
    const lost = losses.map((row) => ({
      key: Number(row['sequence']),
      lost: Number(row['lost']),
      isRunning: row['status'] === STATUS_CODES.running,
    }))
    return new LastDeliveries(lost, lastDelivery)
  }

  #latestStart(window: string, nth: number): number | undefined {
    let counted = 0
    for (const { at, count } of this.#starts.iterate(window)) {
      counted += Number(count)
      if (counted >= nth) return Number(at)
    }
    return undefined
  }

  #runningGroups(): ReadonlyMap<string, number> {
    const { names } = this.#ledger
    return new Map(
      this.#running.all().map((row) => {
        const { plan, name } = names.taskOf(Number(row['task']))
        const group = row['grp'] === 0 ? undefined : names.textOf(Number(row['grp']))
        return [groupKey(`${plan}/${name}`, group), Number(row['count'])]
      }),
    )
  }

  #noteStarts(window: string, count: number, { rateLimits = [], now }: ClaimRequest): void {
    this.#start.run(window, now, count)
    const longest = Math.max(...rateLimits.map(({ per }) => per))
    this.#forgetStarts.run(window, now - longest)
  }
}
