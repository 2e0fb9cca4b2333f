import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DispatchName, type Engines, type StoreName, startEngines } from './engines.ts'
import { Member } from './member.ts'

export interface ClusterOptions {
  readonly store: StoreName
  /** Without one, processes find work in the store by themselves. */
  readonly dispatch?: DispatchName | undefined
  readonly workers: number
  /** Plan folders. */
  readonly plans: readonly string[]
  /** Told of everything that has started. */
  readonly started?: (what: string) => void
}

/** A gateway that runs nothing, workers, and the servers below them: all of it of our own. */
export interface Cluster {
  readonly url: string
  /** Where all processes work. */
  readonly folder: string
  readonly engines: Engines
  readonly gateway: Member
  readonly workers: readonly Member[]
  /** Stops everything, the processes first, and removes what it kept. */
  close(): Promise<void>
}

/** Starts everything from nothing. Rejects, leaving nothing, when something does not start. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { store, dispatch, workers: count, started = () => {} } = options
  const engines = await startEngines(store, dispatch)
  started(`${store} ${engines.store.description} at ${engines.store.url}`)
  if (engines.dispatch) {
    started(`${dispatch} ${engines.dispatch.description} at ${engines.dispatch.url}`)
  }
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-cluster-'))
  const shared = argsOf(options, engines)
  const gateway = new Member({
    name: 'gateway',
    folder,
    args: ['serve', '--port', '0', '--no-work', ...shared],
    ready: /http:\/\/\S+/,
  })
  const workers = Array.from(
    { length: count },
    (_, index) =>
      new Member({
        name: `worker ${index + 1}`,
        folder,
        args: ['worker', ...shared],
        ready: /working/,
      }),
  )
  const close = async () => {
    await Promise.all([gateway, ...workers].map((member) => member.stop()))
    await engines.close()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const url = await gateway.ready()
    started(`gateway (process ${gateway.pid}) at ${url}`)
    await Promise.all(workers.map((worker) => worker.ready()))
    for (const { name, pid } of workers) started(`${name} (process ${pid})`)
    return { url, folder, engines, gateway, workers, close }
  } catch (error) {
    await close()
    throw error
  }
}

function argsOf({ plans }: ClusterOptions, { store, dispatch }: Engines): readonly string[] {
  return [
    ...['--db', store.url],
    ...(dispatch === undefined ? [] : ['--dispatch', dispatch.url]),
    ...plans.flatMap((plan) => ['--plans', plan]),
    ...['--log-level', 'warn'],
  ]
}
