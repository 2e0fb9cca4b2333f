import { bullmqDispatch } from '../../../src/dispatch/bullmq/dispatch.ts'
import { rabbitmqDispatch } from '../../../src/dispatch/rabbitmq/dispatch.ts'
import type { Store } from '../../../src/index.ts'
import type { Dispatch } from '../../../src/ports/dispatch.ts'
import { mysqlStore } from '../../../src/stores/mysql/store.ts'
import { postgresStore } from '../../../src/stores/postgres/store.ts'
import { urlOf } from '../services/service.ts'
import type { Database } from './database.ts'
import { createMariadbDatabase } from './mariadb-database.ts'
import { createPostgresDatabase } from './postgres-database.ts'

/** The servers that ours runs on. */
export interface EngineSet {
  /** Keeps the truth. */
  readonly store: 'postgres' | 'mariadb'
  /** Hands work to processes; without one they find it in the store. */
  readonly dispatch?: 'redis' | 'rabbitmq'
}

/** Where any process finds what one session works with. Goes from process to process. */
export interface EngineAddresses extends EngineSet {
  readonly storeUrl: string
  /** Empty without dispatch. */
  readonly dispatchUrl: string
  /** What the names at the broker begin with. */
  readonly prefix: string
}

export interface Prepared {
  readonly addresses: EngineAddresses
  drop(): Promise<void>
}

const DATABASES = { postgres: createPostgresDatabase, mariadb: createMariadbDatabase }

export function servicesOf({ store, dispatch }: EngineSet) {
  return dispatch === undefined ? [store] : [store, dispatch]
}

/** An empty database and, at the broker, names of its own: those of one contender. */
export async function prepareEngines(set: EngineSet, contender: string): Promise<Prepared> {
  const database: Database = await DATABASES[set.store](`bench_${contender}`)
  const dispatchUrl = set.dispatch === undefined ? '' : urlOf(set.dispatch)
  return {
    addresses: { ...set, storeUrl: database.url, dispatchUrl, prefix: `bench-${contender}` },
    drop: () => database.drop(),
  }
}

/** Of this process, to be given to a runtime. */
export function toEngines(addresses: EngineAddresses): { store: Store; dispatch?: Dispatch } {
  const { store, storeUrl, dispatch, dispatchUrl, prefix } = addresses
  const toStore = store === 'postgres' ? postgresStore : mysqlStore
  if (dispatch === undefined) return { store: toStore(storeUrl) }
  const toDispatch = dispatch === 'redis' ? bullmqDispatch : rabbitmqDispatch
  return { store: toStore(storeUrl), dispatch: toDispatch(dispatchUrl, { prefix }) }
}
