import type { ClaimRequest } from '../../ports/store-messages.ts'
import { type Budgets, groupKey, type Usage, windowOf } from '../budgets.ts'
import { hashOf } from './codes.ts'
import type { Dialect } from './dialect.ts'
import type { Lane } from './lane.ts'
import type { SqlSession } from './session.ts'

const RUNNING = 'SELECT lane, count(*) AS amount FROM tasklets WHERE status = 3 GROUP BY lane'
const FORGET = 'DELETE FROM starts WHERE rate = ? AND at <= ?'

interface Starts {
  readonly at: number
  readonly amount: number
}

/** What is in use of the limits of claims: running groups, and starts by window. */
export class Usages {
  readonly #starts: string
  readonly #note: string

  constructor(dialect: Dialect) {
    this.#starts = `SELECT rate, at, amount FROM starts
      WHERE rate IN (SELECT given.rate FROM ${dialect.given({ rate: 'hash' })}) ORDER BY at DESC`
    this.#note = dialect.upsert(
      'INSERT INTO starts (rate, at, amount) VALUES (?, ?, ?)',
      ['rate', 'at'],
      { amount: `starts.amount + ${dialect.incoming('amount')}` },
    )
  }

  /** What the limits of the request may ask about the lanes. */
  async read(session: SqlSession, request: ClaimRequest, lanes: readonly Lane[]): Promise<Usage> {
    const [running, starts] = await Promise.all([
      this.#running(session, request),
      this.#startsOf(session, windowsOf(request, lanes)),
    ])
    const byName = new Map(lanes.map(({ task, group, lane }) => [groupKey(task, group), lane]))
    return {
      running: (task, group) => running.get(byName.get(groupKey(task, group)) ?? '') ?? 0,
      latestStart: (window, nth) => {
        let counted = 0
        for (const { at, amount } of starts.get(hashOf(window)) ?? []) {
          counted += amount
          if (counted >= nth) return at
        }
        return undefined
      },
    }
  }

  note(session: SqlSession, { started }: Budgets, request: ClaimRequest): void {
    const { now, rateLimits = [] } = request
    const longest = Math.max(...rateLimits.map(({ per }) => per))
    for (const [window, count] of [...started].toSorted(([one], [other]) =>
      one < other ? -1 : 1,
    )) {
      const rate = hashOf(window)
      session.later(this.#note, [rate, now, count])
      session.later(FORGET, [rate, now - longest])
    }
  }

  async #running(
    session: SqlSession,
    { groupLimits = {} }: ClaimRequest,
  ): Promise<ReadonlyMap<string, number>> {
    if (Object.keys(groupLimits).length === 0) return new Map()
    const rows = await session.all(RUNNING)
    return new Map(rows.map(({ lane, amount }) => [String(lane), Number(amount)]))
  }

  async #startsOf(
    session: SqlSession,
    windows: readonly string[],
  ): Promise<ReadonlyMap<string, readonly Starts[]>> {
    const found = new Map<string, Starts[]>()
    if (windows.length === 0) return found
    const given = JSON.stringify(windows.map((window) => ({ rate: hashOf(window) })))
    for (const row of await session.all(this.#starts, [given])) {
      const rate = String(row['rate'])
      const starts = found.get(rate) ?? []
      found.set(rate, starts)
      starts.push({ at: Number(row['at']), amount: Number(row['amount']) })
    }
    return found
  }
}

function windowsOf({ rateLimits = [] }: ClaimRequest, lanes: readonly Lane[]): readonly string[] {
  const windows = new Set<string>()
  for (const rate of rateLimits) {
    for (const { task, group } of lanes) {
      if (rate.tasks.includes(task)) windows.add(windowOf(rate, group))
    }
  }
  return [...windows]
}
