import { Redis } from 'ioredis'
import { onTestFinished } from 'vitest'
import { type RedisSettings, startRedis } from './servers/redis.ts'
import type { OwnServer } from './servers/server.ts'

/** A Redis that belongs to one test, which may do with it what it likes. */
export interface RedisOfTest {
  readonly server: OwnServer
  /** What Redis answers to one command. */
  command(name: string, ...args: readonly string[]): Promise<unknown>
  /** It keeps its connections and answers nothing. */
  freeze(): void
  thaw(): void
}

/** Unless told otherwise, a restart loses nothing. */
export async function redisOfTest(settings: RedisSettings = {}): Promise<RedisOfTest> {
  const server = await startRedis({ appendOnly: 'always', ...settings })
  onTestFinished(() => server.close())
  const signal = (name: NodeJS.Signals): void => {
    if (server.pid !== undefined) process.kill(server.pid, name)
  }
  return {
    server,
    async command(name, ...args) {
      const client = new Redis(server.url)
      try {
        return await client.call(name, ...args)
      } finally {
        client.disconnect()
      }
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
  }
}
