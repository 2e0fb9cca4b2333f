import { connect, createServer } from 'node:net'
import { onTestFinished } from 'vitest'

/** A way to a database on which the answer to a commit can be lost. */
export interface ForgetfulProxy {
  /** The URL of the database, by this way. */
  readonly url: string
  /** The next commit is done, and the connection ends before anybody hears of it. */
  loseNextAnswer(): void
}

/** It is closed at the end of the test. */
export async function openForgetfulProxy(url: string): Promise<ForgetfulProxy> {
  const target = new URL(url)
  let isDue = false
  const server = createServer((client) => {
    const service = connect(Number(target.port), target.hostname)
    let isLosing = false
    client.on('data', (data) => {
      if (isDue && data.includes('COMMIT')) {
        isDue = false
        isLosing = true
      }
      service.write(data)
    })
    service.on('data', (data) => {
      if (!isLosing) client.write(data)
      // PostgreSQL answers what was sent before it first; it ends the commit with this tag.
      else if (target.protocol === 'mysql:' || data.includes('COMMIT\0')) client.resetAndDestroy()
    })
    for (const [one, other] of [[client, service] as const, [service, client] as const]) {
      // An error is followed by the end.
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const way = new URL(url)
  way.hostname = '127.0.0.1'
  way.port = String(address.port)
  return {
    url: way.href,
    loseNextAnswer() {
      isDue = true
    },
  }
}
