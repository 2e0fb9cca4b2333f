import { describe, expect, test, vi } from 'vitest'
import { bullmqDispatch } from '../../src/dispatch/bullmq/dispatch.ts'
import type { Dispatch } from '../../src/ports/dispatch.ts'
import {
  messagesOf,
  openDispatch,
  openInbox,
  PATIENCE,
  reachDepth,
} from '../../src/testing/dispatch-contract/open.ts'
import { type RedisOfTest, redisOfTest } from '../support/redis-server.ts'
import type { RedisSettings } from '../support/servers/redis.ts'
import { describeService } from '../support/services.ts'

describeService('redis', () => {
  describe('a Redis that fails', () => {
    test('consumers go on after everything in it was deleted', async () => {
      const { redis, dispatch } = await begin()
      await dispatch.publish(messagesOf('abc'))
      const inbox = await openInbox(dispatch, { capacity: 2 })
      const held = await inbox.reach(2)
      await redis.command('FLUSHALL')
      await Promise.all(held.map((delivery) => delivery.ack()))
      expect(await dispatch.depth('main')).toBe(0)
      await dispatch.publish(messagesOf('cd'))
      await inbox.reach(4)
      expect(inbox.ids()).toEqual(['a', 'b', 'c', 'd'])
    })

    test('an idle consumer goes on after everything in it was deleted', async () => {
      const { redis, dispatch } = await begin()
      const inbox = await openInbox(dispatch, { settle: 'ack' })
      await dispatch.publish(messagesOf('a'))
      await inbox.reach(1)
      await redis.command('FLUSHALL')
      await redis.command('SCRIPT', 'FLUSH')
      await dispatch.publish(messagesOf('b'))
      await inbox.reach(2)
    })

    test('consumers go on after a restart in which it lost everything', async () => {
      const { redis, dispatch } = await begin({ appendOnly: 'no' })
      await dispatch.publish(messagesOf('abc'))
      const inbox = await openInbox(dispatch, { capacity: 2 })
      const held = await inbox.reach(2)
      await redis.server.kill()
      await redis.server.start()
      await Promise.all(held.map((delivery) => delivery.ack()))
      await vi.waitFor(() => dispatch.publish(messagesOf('cd')), PATIENCE)
      await inbox.reach(4)
      expect(inbox.ids()).toEqual(['a', 'b', 'c', 'd'])
    })

    test('one that answers nothing is told within seconds, and is used again afterwards', async () => {
      const { redis, dispatch } = await begin()
      const inbox = await openInbox(dispatch, { settle: 'ack' })
      redis.freeze()
      const unavailable = { code: 'dispatch_unavailable' }
      await Promise.all([
        expect(dispatch.publish(messagesOf('a'))).rejects.toMatchObject(unavailable),
        expect(dispatch.depth('main')).rejects.toMatchObject(unavailable),
      ])
      redis.thaw()
      await vi.waitFor(() => dispatch.publish(messagesOf('b')), PATIENCE)
      await vi.waitFor(() => expect(inbox.ids()).toContain('b'), PATIENCE)
    })

    test('what keeps losing its consumers is handed out again, however often', async () => {
      const { redis, dispatch } = await begin()
      await dispatch.publish(messagesOf('a'))
      for (let turn = 1; turn <= 3; turn += 1) {
        const victim = mortal(redis)
        await victim.dispatch.open()
        const [delivery] = await (await openInbox(victim.dispatch)).reach(1)
        expect(delivery?.redelivered).toBe(turn > 1)
        await victim.die()
      }
      const [delivery] = await (await openInbox(dispatch)).reach(1)
      expect(delivery).toMatchObject({ id: 'a', redelivered: true })
      expect(await redis.command('ZCARD', 'setpoint:main:failed')).toBe(0)
    })
  })

  describe('a callback that throws', () => {
    test('costs no message: it comes again, and the fault is told', async () => {
      const { dispatch, warnings } = await begin()
      const ids: string[] = []
      await dispatch.consume({
        queue: 'main',
        capacity: 1,
        onDelivery({ id, ack }) {
          ids.push(id)
          if (ids.length < 3) throw new Error('the callback is broken')
          void ack()
        },
      })
      await dispatch.publish(messagesOf('a'))
      await vi.waitFor(() => expect(ids).toEqual(['a', 'a', 'a']), PATIENCE)
      await reachDepth(dispatch, 0)
      expect(warnings).toEqual([expect.stringContaining('the callback is broken')])
    })
  })

  describe('what is left in Redis', () => {
    test('nothing of what was acknowledged, twice published or given back', async () => {
      const { redis, dispatch } = await begin()
      await dispatch.publish([...messagesOf('abc'), ...messagesOf('abc')])
      await reachDepth(dispatch, 3)
      const inbox = await openInbox(dispatch)
      const [first] = await inbox.reach(1)
      await first?.nack()
      for (let settled = 1; settled <= 3; settled += 1) {
        await inbox.reach(settled + 1)
        await inbox.deliveries[settled]?.ack()
      }
      const keys = await redis.command('KEYS', 'setpoint:main:*')
      const kept = ['events', 'id', 'marker', 'meta', 'pc', 'stalled', 'stalled-check']
      const known = new Set(kept.map((key) => `setpoint:main:${key}`))
      expect((keys as string[]).filter((key) => !known.has(key))).toEqual([])
    })

    test('two prefixes are two worlds', async () => {
      const { redis, dispatch } = await begin()
      const other = await openDispatch({
        connect: () => bullmqDispatch(redis.server.url, { prefix: 'o' }),
      })
      await dispatch.publish(messagesOf('ab'))
      expect([await dispatch.depth('main'), await other.depth('main')]).toEqual([2, 0])
    })
  })

  describe('opening', () => {
    test('a Redis that may forget is told, and used', async () => {
      const redis = await redisOfTest({ appendOnly: 'no' })
      await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru')
      const { dispatch, warnings } = await connect(redis)
      expect(warnings).toEqual([
        expect.stringContaining('set it to noeviction'),
        expect.stringContaining('set appendonly yes'),
      ])
      await dispatch.publish(messagesOf('a'))
      expect(await dispatch.depth('main')).toBe(1)
    })

    test('a Redis that keeps what it is given is told nothing of', async () => {
      const { warnings } = await begin()
      expect(warnings).toEqual([])
    })

    test('where none is, it says so without the password', async () => {
      const { redis } = await begin()
      await redis.server.kill()
      const url = redis.server.url.replace('//', '//user:secret@')
      const opening = bullmqDispatch(url).open()
      await expect(opening).rejects.toMatchObject({
        code: 'dispatch_open',
        message: expect.stringMatching(/127\.0\.0\.1:\d+ cannot be used \(.*ECONNREFUSED/),
      })
      await expect(opening).rejects.not.toThrow(/secret/)
    })

    test('a password that is refused is told', async () => {
      const redis = await redisOfTest()
      await redis.command('CONFIG', 'SET', 'requirepass', 'right')
      const dispatch = bullmqDispatch(redis.server.url.replace('//', '//:wrong@'))
      await expect(dispatch.open()).rejects.toMatchObject({
        code: 'dispatch_open',
        message: expect.stringContaining('WRONGPASS'),
      })
    })
  })
})

async function begin(settings?: RedisSettings) {
  const redis = await redisOfTest(settings)
  return { redis, ...(await connect(redis)) }
}

async function connect(redis: RedisOfTest) {
  const warnings: string[] = []
  const onWarning = (message: string): void => void warnings.push(message)
  const dispatch = await openDispatch({
    connect: () => bullmqDispatch(redis.server.url, { lockDuration: 1_000, onWarning }),
  })
  return { dispatch, warnings }
}

/** A dispatch that can lose its connections for good, as when its process is killed. */
function mortal(redis: RedisOfTest): { dispatch: Dispatch; die(): Promise<void> } {
  let isDead = false
  const retryStrategy = () => (isDead ? null : 50)
  const options = { lockDuration: 1_000, connection: { retryStrategy } }
  return {
    dispatch: bullmqDispatch(redis.server.url, options),
    async die() {
      isDead = true
      await redis.command('CLIENT', 'KILL', 'TYPE', 'normal')
    },
  }
}
