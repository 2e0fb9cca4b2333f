import { connect, createServer, type Server, type Socket } from 'node:net'

/** A way to a service that can fail. Whoever opens one closes it. */
export interface TcpProxy {
  readonly port: number
  /** Ends every connection and refuses new ones, as when the service is stopped. */
  cut(): void
  /** Nothing gets through any more, and nobody is told: as when a cable is pulled. */
  blackhole(): void
  /** New connections get through; what was held back by `blackhole` goes on. */
  heal(): void
  close(): Promise<void>
}

type Way = 'open' | 'cut' | 'black'

export async function openTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let way: Way = 'open'
  const server = createServer((client) => {
    if (way === 'cut') return void client.resetAndDestroy()
    const service = connect(target)
    const pair = [client, service] as const
    pairs.add(pair)
    join(client, service)
    join(service, client)
    if (way === 'black') for (const socket of pair) socket.pause()
  })
  function join(from: Socket, to: Socket): void {
    from.setNoDelay(true)
    from.on('data', (data) => {
      if (!to.write(data)) from.pause()
    })
    to.on('drain', () => {
      if (way !== 'black') from.resume()
    })
    // Either end takes the other with it; an error is followed by the end.
    from.on('error', () => to.destroy())
    from.on('close', () => {
      to.destroy()
      for (const pair of pairs) if (pair.includes(from)) pairs.delete(pair)
    })
  }
  const drop = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy()
  }
  await listening(server)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    cut() {
      way = 'cut'
      drop()
    },
    blackhole() {
      way = 'black'
      for (const pair of pairs) for (const socket of pair) socket.pause()
    },
    heal() {
      way = 'open'
      for (const pair of pairs) for (const socket of pair) socket.resume()
    },
    close: () => {
      drop()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
}
