import type { ClaimRequest } from '../../ports/store-messages.ts'
import { type Budgets, budgetsOf, type Usage } from '../budgets.ts'
import { LastDeliveries, type Loss } from '../last-deliveries.ts'
import { firstToRun } from '../selection.ts'
import { STATUS_CODES } from './codes.ts'
import type { Lane } from './lane.ts'
import type { Lanes } from './lanes.ts'
import type { SqlSession } from './session.ts'
import type { Usages } from './usage.ts'

const LOSSES = `SELECT sequence, lost, status FROM tasklets
  WHERE lost > 0 AND status IN (2, 3)`

/** So many times more places are read of a lane that ran out of them. */
const GROWTH = 4

/** Where a selection begins. */
export interface Start {
  /** The last turn that was given in the queue. */
  readonly turn: number
  readonly opened: Lane[]
  /** Sequences that are locked by others. */
  readonly passed: ReadonlySet<number>
}

export interface Selection {
  /** In the order in which they run. */
  readonly sequences: readonly number[]
  readonly lanes: readonly Lane[]
  /** Those that were served, with their new turns. */
  readonly served: ReadonlySet<Lane>
  readonly turn: number
  readonly budgets: Budgets | undefined
  /** Whether lost deliveries count: then no other claim may choose beside this one. */
  readonly hasLost: boolean
}

/** What a claim would lease now. */
export class Selecting {
  readonly #lanes: Lanes
  readonly #usages: Usages

  constructor(lanes: Lanes, usages: Usages) {
    this.#lanes = lanes
    this.#usages = usages
  }

  async select(session: SqlSession, request: ClaimRequest, start: Start): Promise<Selection> {
    const { opened } = start
    const usage = await this.#usages.read(session, request, opened)
    const losses = new Losses(request)
    await losses.read(session, opened)
    for (;;) {
      const selection = choose(request, start, { usage, losses })
      if (selection.dry.length === 0) return selection
      // What was passed by, because it was not read, may come before what was chosen.
      const count = GROWTH * Math.max(...selection.dry.map((lane) => lane.count))
      await this.#lanes.extend(session, selection.dry, request, count)
      await losses.read(session, selection.dry)
    }
  }

  /** When the first that only rate limits keep back may start. */
  async nextStart(session: SqlSession, request: ClaimRequest): Promise<number | undefined> {
    const lanes = await this.#lanes.open(session, request)
    const budgets = budgetsOf(request, await this.#usages.read(session, request, lanes))
    if (budgets === undefined) return undefined
    const times = lanes.flatMap(({ task, group }) => budgets.opensAt(task, group) ?? [])
    return times.length === 0 ? undefined : Math.min(...times)
  }
}

/**
 * One selection among the places that were read. Lanes that ran out of them before it was complete,
 * and may have more, are `dry`.
 */
function choose(
  request: ClaimRequest,
  { opened, passed, turn: firstTurn }: Start,
  rules: { readonly usage: Usage; readonly losses: Losses },
): Selection & { readonly dry: readonly Lane[] } {
  const budgets = budgetsOf(request, rules.usage)
  const last = rules.losses.rule()
  const mayStart = ({ sequence }: Lane) => !passed.has(sequence) && last?.admits(sequence) !== false
  const sequences: number[] = []
  const served = new Set<Lane>()
  const dry: Lane[] = []
  let turn = firstTurn
  let lanes = [...opened]
  for (const lane of opened) lane.rewind()
  while (sequences.length < request.limit) {
    const lane = firstToRun(lanes)
    if (lane === undefined) break
    if (budgets?.admits(lane.task, lane.group) === false) {
      lanes = without(lanes, lane.lane)
      continue
    }
    if (mayStart(lane)) {
      budgets?.spend(lane.task, lane.group)
      sequences.push(lane.sequence)
      turn += 1
      serve(lanes, lane, turn)
      served.add(lane)
      if (sequences.length === request.limit) break
    }
    if (lane.advance()) continue
    if (lane.mayHaveMore) dry.push(lane)
    lanes = lanes.filter((one) => one !== lane)
  }
  return { sequences, lanes: opened, served, turn, budgets, hasLost: last !== undefined, dry }
}

/** A turn belongs to all lanes of the group. */
function serve(lanes: readonly Lane[], { lane }: Lane, turn: number): void {
  for (const one of lanes) if (one.lane === lane) one.turn = turn
}

function without(lanes: readonly Lane[], lane: string): Lane[] {
  return lanes.filter((one) => one.lane !== lane)
}

/** Deliveries that were lost, read when one of the places has lost so many that it counts. */
class Losses {
  readonly #last: number | undefined
  #losses: readonly Loss<number>[] | undefined

  constructor({ lastDelivery }: ClaimRequest) {
    this.#last = lastDelivery
  }

  async read(session: SqlSession, lanes: readonly Lane[]): Promise<void> {
    const last = this.#last
    if (last === undefined || this.#losses !== undefined) return
    if (!lanes.some((lane) => lane.hasLost(Math.max(last, 1)))) return
    this.#losses = (await session.all(LOSSES)).map((row) => ({
      key: Number(row['sequence']),
      lost: Number(row['lost']),
      isRunning: row['status'] === STATUS_CODES.running,
    }))
  }

  /** For one selection; undefined when nothing counts. */
  rule(): LastDeliveries<number> | undefined {
    if (this.#last === undefined || this.#losses === undefined) return undefined
    return new LastDeliveries(this.#losses, this.#last)
  }
}
