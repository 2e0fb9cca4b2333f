import {
  type DispatchName,
  type Engines,
  type StoreName,
  startEngines,
} from '../../cluster/engines.ts'
import { openTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts'

export interface Combination {
  readonly store: StoreName
  readonly dispatch?: DispatchName
}

/** What a worker is told of where the services are. */
export interface Addresses {
  readonly store: string
  readonly dispatch: string | undefined
}

/** A server of our own, with one way to it for each worker. */
export interface Service {
  readonly title: string
  readonly server: Engines['store']
  readonly ways: readonly TcpProxy[]
}

/** The servers below the workers of a case. */
export interface Services {
  readonly store: Service
  readonly dispatch: Service | undefined
  /** As the worker at this place reaches them. */
  addressesFor(place: number): Addresses
  close(): Promise<void>
}

/** Rejects, leaving nothing, when a server does not start. */
export async function startServices(combination: Combination, count: number): Promise<Services> {
  const { store, dispatch } = combination
  const engines = await startEngines(store, dispatch)
  const reach = async (name: StoreName | DispatchName, server: Engines['store']) => {
    const target = { host: '127.0.0.1', port: server.port }
    const opening = Array.from({ length: count }, () => openTcpProxy(target))
    return { title: TITLES[name], server, ways: await Promise.all(opening) }
  }
  const below = await reach(store, engines.store)
  const beside = dispatch && engines.dispatch ? await reach(dispatch, engines.dispatch) : undefined
  return {
    store: below,
    dispatch: beside,
    addressesFor: (place) => ({
      store: addressOf(below, place),
      dispatch: beside && addressOf(beside, place),
    }),
    async close() {
      const ways = [...below.ways, ...(beside?.ways ?? [])]
      await Promise.all(ways.map((way) => way.close()))
      await engines.close()
    },
  }
}

const TITLES: Readonly<Record<StoreName | DispatchName, string>> = {
  mysql: 'MariaDB',
  postgres: 'PostgreSQL',
  redis: 'Redis',
  rabbitmq: 'RabbitMQ',
}

export function titleOf({ store, dispatch }: Combination): string {
  return dispatch === undefined
    ? `${TITLES[store]} alone`
    : `${TITLES[store]} and ${TITLES[dispatch]}`
}

function addressOf({ server, ways }: Service, place: number): string {
  const way = ways[place]
  if (way === undefined) throw new RangeError(`there is no way for worker ${place}`)
  return server.url.replace(`:${server.port}`, `:${way.port}`)
}
