import type { ErrorRecord } from '../../core/errors.ts'
import { isFinal } from '../../core/status.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { Cancellation, LeaseRef, Renewal, RescueRequest } from '../../ports/store-messages.ts'
import * as moves from '../moves.ts'
import { canBeStored } from './codes.ts'
import type { Dialect } from './dialect.ts'
import type { Ledger } from './ledger.ts'
import type { Releases } from './releases.ts'
import { parse, RECORD, toRow } from './rows.ts'
import type { SqlSession } from './session.ts'

const OWNERS = 'SELECT DISTINCT owner FROM tasklets WHERE status = 3'

// By two indexes. Asked again of those that were changed while they were waited for.
const WAITING = `SELECT ${RECORD} FROM tasklets WHERE status + 0 IN (0, 1, 2, 4) AND sequence IN (
    SELECT sequence FROM tasklets WHERE status = 2 AND queue = ?
    UNION ALL SELECT sequence FROM tasklets WHERE status IN (0, 1, 4) AND queue = ?)
  ORDER BY sequence FOR UPDATE`

const LEASE = { id: 'name', token: 'bigint' } as const

/** How deliveries and waits end otherwise than by a settlement, and how leases go on. */
export class Endings {
  readonly #releases: Releases
  readonly #renew: string
  readonly #noteDeadlines: string
  readonly #held: string
  readonly #ended: string

  constructor(dialect: Dialect, releases: Releases) {
    const holds =
      'tasklets.id = given.id AND tasklets.status = 3 AND tasklets.deliveries = given.token'
    this.#releases = releases
    this.#renew = dialect.update({
      table: 'tasklets',
      given: { ...LEASE, until: 'double' },
      set: { lease_until: 'given.until' },
      where: holds,
    })
    this.#noteDeadlines = dialect.update({
      table: 'tasklets',
      given: { ...LEASE, deadline: 'text' },
      set: { deadline: 'given.deadline' },
      where: holds,
    })
    this.#held = `SELECT tasklets.id, tasklets.deliveries, tasklets.cancel_requested FROM tasklets
      JOIN ${dialect.given(LEASE)} ON ${holds}`
    this.#ended = `SELECT ${RECORD} FROM tasklets WHERE status = 3 AND (lease_until <= ?
      OR owner IN (SELECT given.owner FROM ${dialect.given({ owner: 'name' })}))
      ORDER BY sequence FOR UPDATE`
  }

  async renew(ledger: Ledger, leases: readonly LeaseRef[], until: number): Promise<Renewal> {
    if (leases.length === 0) return { lost: [], cancelled: [] }
    const { session } = ledger
    const { leased } = ledger.remembered
    const placeOf = (id: string) => leased.get(id)?.tasklet.sequence ?? 0
    // In one order, so that no two transactions wait for each other.
    const possible = leases.filter(({ id }) => canBeStored(id))
    const given = possible
      .map(({ id, token }) => ({ id, token, until }))
      .toSorted((one, other) => placeOf(one.id) - placeOf(other.id))
    await session.run(this.#renew, [JSON.stringify(given)])
    const noted = possible.flatMap(({ id, token, deadline }) =>
      deadline === undefined ? [] : [{ id, token, deadline: JSON.stringify(deadline) }],
    )
    if (noted.length > 0) await session.run(this.#noteDeadlines, [JSON.stringify(noted)])
    const held = new Map(
      (await session.all(this.#held, [JSON.stringify(given)])).map((row) => [
        `${row['id']} ${row['deliveries']}`,
        parse(row['cancel_requested']),
      ]),
    )
    const lost: string[] = []
    const cancelled: { id: string; reason: string }[] = []
    for (const { id, token } of leases) {
      const key = `${id} ${token}`
      const reason = held.get(key)
      if (!held.has(key)) lost.push(id)
      else if (typeof reason === 'string') cancelled.push({ id, reason })
    }
    for (const id of lost) ledger.remembered.leased.delete(id)
    return { lost, cancelled }
  }

  async rescue(ledger: Ledger, request: RescueRequest): Promise<readonly Tasklet[]> {
    const owners = JSON.stringify(request.deadOwners.map((owner) => ({ owner })))
    const ended = await ledger.session.all(this.#ended, [request.now, owners])
    const changes = ended.map(toRow).map((row) => {
      const lost = row.lost + 1
      return { row, next: moves.toRescued(row.tasklet, request, lost), lost }
    })
    await ledger.change('rescued', changes, request.now)
    return [
      ...changes.map(({ next }) => next),
      ...(await this.#releases.release(ledger, changes, request.now)),
    ]
  }

  async owners(session: SqlSession): Promise<readonly string[]> {
    return (await session.all(OWNERS)).map(({ owner }) => String(owner))
  }

  async cancel(ledger: Ledger, id: string, error: ErrorRecord, now: number): Promise<Cancellation> {
    const [row] = await ledger.records.lockIds(ledger.session, [id])
    if (row === undefined) return { outcome: 'missing', changed: [] }
    const { tasklet } = row
    if (isFinal(tasklet.status)) return { outcome: 'settled', changed: [] }
    if (tasklet.status === 'running') {
      const next = moves.withCancelRequest(tasklet, error.message, now)
      await ledger.change('moved', [{ row, next, lost: row.lost }], now)
      return { outcome: 'requested', changed: [] }
    }
    const changes = [{ row, next: moves.toCancelled(tasklet, error, now) }]
    await ledger.change('moved', changes, now)
    const released = await this.#releases.release(ledger, changes, now)
    return { outcome: 'cancelled', changed: [...changes.map(({ next }) => next), ...released] }
  }

  async clear(
    ledger: Ledger,
    queue: string,
    error: ErrorRecord,
    now: number,
  ): Promise<readonly Tasklet[]> {
    const rows = (await ledger.session.all(WAITING, [queue, queue])).map(toRow)
    const changes = rows.map((row) => ({ row, next: moves.toCancelled(row.tasklet, error, now) }))
    await ledger.change('moved', changes, now)
    // After all of them, so that one that waits itself does not end for the sake of another.
    return [
      ...changes.map(({ next }) => next),
      ...(await this.#releases.release(ledger, changes, now)),
    ]
  }
}
