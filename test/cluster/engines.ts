import { startMariadb } from '../support/servers/mariadb.ts'
import { startPostgres } from '../support/servers/postgres.ts'
import { startRabbitmq } from '../support/servers/rabbitmq.ts'
import { startRedis } from '../support/servers/redis.ts'
import type { OwnServer } from '../support/servers/server.ts'

/** Where the truth is kept, and what hands work to processes. */
export const STORES = { mysql: startMariadb, postgres: startPostgres } as const
export const DISPATCHES = { redis: startRedis, rabbitmq: startRabbitmq } as const

export type StoreName = keyof typeof STORES
export type DispatchName = keyof typeof DISPATCHES

export interface Engines {
  readonly store: OwnServer
  readonly dispatch: OwnServer | undefined
  close(): Promise<void>
}

/** Starts servers of our own. Rejects, leaving none, when one is not installed or does not start. */
export async function startEngines(
  store: StoreName,
  dispatch: DispatchName | undefined,
): Promise<Engines> {
  const first = await STORES[store]()
  try {
    const second = dispatch && (await DISPATCHES[dispatch]())
    const close = async () => void (await Promise.all([first.close(), second?.close()]))
    return { store: first, dispatch: second, close }
  } catch (error) {
    await first.close()
    throw error
  }
}
