import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRuntime, definePlan, type Store, sqliteStore } from '../../../src/index.ts'
import type { Dispatch } from '../../../src/ports/dispatch.ts'
import { type EngineSet, prepareEngines, servicesOf, toEngines } from '../engines/engines.ts'
import { Count } from './count.ts'
import type { Peer, Session, SessionOptions } from './peer.ts'

const SETTINGS =
  'bulk: `submit` for each without waiting in between; a completion counts when its settlement is committed'

export const setpoint: Peer = {
  name: 'Setpoint',
  durability: 'SQLite, `durability: full`: every commit is synced',
  synced: true,
  settings: SETTINGS,
  open(options) {
    const folder = mkdtempSync(join(tmpdir(), 'setpoint-bench-'))
    const store = sqliteStore(join(folder, 'bench.db'), { durability: 'full' })
    return begin(options, { store }, async () => rmSync(folder, { recursive: true, force: true }))
  },
}

const POSTGRES = 'PostgreSQL, fsync and synchronous_commit on: every commit is synced'
const MYSQL = 'MariaDB, innodb_flush_log_at_trx_commit 1: every commit is synced'

export const setpointOnPostgres = onServers(
  'Setpoint on PostgreSQL',
  { store: 'postgres' },
  POSTGRES,
)
export const setpointOnMysql = onServers('Setpoint on MySQL', { store: 'mariadb' }, MYSQL)
export const setpointOnMysqlAndRedis = onServers(
  'Setpoint on MySQL + Redis',
  { store: 'mariadb', dispatch: 'redis' },
  `${MYSQL}; Redis hands out ids and may lose them`,
)

function onServers(name: string, set: EngineSet, durability: string): Peer {
  return {
    name,
    needs: servicesOf(set),
    durability,
    synced: true,
    settings: SETTINGS,
    async open(options) {
      const { addresses, drop } = await prepareEngines(set, name.toLowerCase().replace(/\W+/g, '_'))
      return begin(options, toEngines(addresses), drop)
    },
  }
}

async function begin(
  { concurrency, deliver }: SessionOptions,
  engines: { readonly store: Store; readonly dispatch?: Dispatch },
  remove: () => Promise<void>,
): Promise<Session> {
  const working = Promise.withResolvers<void>()
  const completions = new Count()
  const plan = definePlan({
    name: 'bench',
    tasks: {
      // Before `work`, as many as may run at once wait in here and the others in the queue.
      deliver: async ({ input }) => {
        await working.promise
        deliver(Number(input))
      },
    },
  })
  const runtime = await createRuntime({ plans: [plan], concurrency, ...engines })
  runtime.events.on('tasklet.completed', () => completions.add())
  await runtime.start()
  const submit = (input: number) => runtime.submit('bench/deliver', input)
  return {
    submit,
    submitAll: (inputs) => Promise.all(inputs.map(submit)),
    work: async () => working.resolve(),
    settled: (count) => completions.reaches(count),
    async close() {
      await runtime.stop()
      await remove()
    },
  }
}
