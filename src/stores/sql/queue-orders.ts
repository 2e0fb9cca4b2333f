import type { QueueInfo, QueueOrder } from '../../ports/store-messages.ts'
import { missing, toPrioritised } from '../moves.ts'
import { moved, notPending, orderVersion, type Place, reordered } from '../order.ts'
import { Counts } from './counts.ts'
import type { Dialect } from './dialect.ts'
import { inParts } from './lists.ts'
import { oldestPending } from './oldest.ts'
import { RECORD, toTasklet } from './rows.ts'
import type { SqlSession } from './session.ts'

const PLACES = `SELECT id, priority, place FROM tasklets
  WHERE status = 2 AND queue = ? ORDER BY priority, place, sequence`

/** Places in one statement. */
const PART = 1000

/**
 * The waiting order of queues, and whether they are paused. What changes it locks the row of its
 * queue, as claims do: so a claim waits for it and passes over nothing.
 */
export class QueueOrders {
  readonly #dialect: Dialect
  readonly #counts = new Counts()
  readonly #place: string
  readonly #pause: string

  constructor(dialect: Dialect) {
    this.#dialect = dialect
    this.#place = dialect.update({
      table: 'tasklets',
      given: { id: 'name', priority: 'bigint', place: 'double' },
      set: { priority: 'given.priority', place: 'given.place' },
      where: 'tasklets.id = given.id AND tasklets.status = 2',
    })
    this.#pause = dialect.upsert('INSERT INTO queues (queue, paused) VALUES (?, ?)', ['queue'], {
      paused: dialect.incoming('paused'),
    })
  }

  async order(session: SqlSession, queue: string): Promise<QueueOrder> {
    const ids = (await readPlaces(session, queue)).map(({ id }) => id)
    return { ids, version: orderVersion(ids) }
  }

  async reorder(
    session: SqlSession,
    queue: string,
    ids: readonly string[],
    version: string,
  ): Promise<void> {
    await lockQueue(session, queue)
    await this.#write(session, reordered(await readPlaces(session, queue), ids, version))
  }

  async move(session: SqlSession, id: string, position: number): Promise<void> {
    const { status, queue } = await find(session, id)
    if (status !== 'pending') throw notPending(id)
    await lockQueue(session, queue)
    await this.#write(session, moved(await readPlaces(session, queue), id, position))
  }

  async setPriority(session: SqlSession, id: string, priority: number): Promise<void> {
    const { queue } = await find(session, id)
    await lockQueue(session, queue)
    const next = toPrioritised(await find(session, id, 'FOR UPDATE'), priority)
    await session.run('UPDATE tasklets SET priority = ?, place = sequence WHERE sequence = ?', [
      next.priority,
      next.sequence,
    ])
  }

  async setPaused(session: SqlSession, queue: string, paused: boolean): Promise<void> {
    await session.run(this.#pause, [queue, paused ? 1 : 0])
  }

  async queues(session: SqlSession): Promise<readonly QueueInfo[]> {
    const infos: QueueInfo[] = []
    for (const info of await this.#counts.queues(session)) {
      const { queue, counts } = info
      const oldest =
        counts.pending === 0 ? undefined : await oldestPending(session, this.#dialect, queue)
      infos.push({ ...info, oldestPending: oldest })
    }
    return infos
  }

  async #write(session: SqlSession, places: readonly Place[]): Promise<void> {
    for (const part of inParts(places, PART)) {
      const rows = part.map(({ id, priority, rank }) => ({ id, priority, place: rank }))
      await session.run(this.#place, [JSON.stringify(rows)])
    }
  }
}

/** Until the transaction ends nobody claims from the queue or changes its order. */
export async function lockQueue(session: SqlSession, queue: string): Promise<void> {
  await session.all('SELECT queue FROM queues WHERE queue = ? FOR UPDATE', [queue])
}

async function find(session: SqlSession, id: string, lock: '' | 'FOR UPDATE' = '') {
  const [row] = await session.all(`SELECT ${RECORD} FROM tasklets WHERE id = ? ${lock}`, [id])
  if (row === undefined) throw missing(id)
  return toTasklet(row)
}

async function readPlaces(session: SqlSession, queue: string): Promise<readonly Place[]> {
  return (await session.all(PLACES, [queue])).map((row) => ({
    id: String(row['id']),
    priority: Number(row['priority']),
    rank: Number(row['place']),
  }))
}
