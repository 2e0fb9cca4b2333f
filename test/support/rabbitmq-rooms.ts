import { Connection } from 'rabbitmq-client'
import { onTestFinished } from 'vitest'
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts'

/** Names at a broker that nobody else uses, and ways to it that can be cut. */
export interface RabbitmqRoom {
  readonly prefix: string
  /** The URL of a way of its own: at most four. */
  next(): { readonly url: string; readonly proxy: TcpProxy }
  readonly proxies: readonly TcpProxy[]
  /** To be deleted with the room. */
  willMake(queues: readonly string[], exchanges?: readonly string[]): void
}

export async function openRabbitmqRoom(url: string): Promise<RabbitmqRoom> {
  const prefix = `test-${crypto.randomUUID().slice(0, 8)}`
  const { hostname: host, port } = new URL(url)
  const target = { host, port: Number(port || 5672) }
  const proxies = await Promise.all([1, 2, 3, 4].map(() => openTcpProxy(target)))
  const queues = new Set<string>()
  const exchanges = new Set<string>()
  let used = 0
  onTestFinished(async () => {
    await Promise.all(proxies.map((proxy) => proxy.close()))
    await remove(url, queues, exchanges)
  })
  return {
    prefix,
    proxies,
    next() {
      const proxy = proxies[used]
      if (proxy === undefined) throw new Error('no way is left: give the room more')
      used += 1
      const through = new URL(url)
      through.hostname = '127.0.0.1'
      through.port = String(proxy.port)
      return { url: through.href, proxy }
    },
    willMake(moreQueues, moreExchanges = []) {
      for (const name of moreQueues) queues.add(name)
      for (const name of moreExchanges) exchanges.add(name)
    },
  }
}

async function remove(url: string, queues: Set<string>, exchanges: Set<string>): Promise<void> {
  const connection = new Connection({ url, noDelay: true })
  for (const queue of queues) await connection.queueDelete({ queue })
  for (const exchange of exchanges) await connection.exchangeDelete({ exchange })
  await connection.close()
}
