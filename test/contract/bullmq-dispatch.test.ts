import { describe } from 'vitest'
import { bullmqDispatch } from '../../src/dispatch/bullmq/dispatch.ts'
import type { Dispatch } from '../../src/ports/dispatch.ts'
import type { DispatchRoom } from '../../src/testing/dispatch-contract/open.ts'
import { dispatchContract } from '../../src/testing/dispatch-contract.ts'
import { redisOfTest } from '../support/redis-server.ts'
import { describeService } from '../support/services.ts'

/** A Redis of its own, because the suite kills it. */
async function makeRoom(): Promise<DispatchRoom> {
  const redis = await redisOfTest()
  const severed = new Set<Dispatch>()
  return {
    connect() {
      const retryStrategy = () => (severed.has(dispatch) ? null : 50)
      const dispatch = bullmqDispatch(redis.server.url, {
        lockDuration: 1_000,
        connection: { retryStrategy },
      })
      return dispatch
    },
    async sever(dispatch) {
      severed.add(dispatch)
      await redis.command('CLIENT', 'KILL', 'TYPE', 'normal')
    },
    stop: () => redis.server.kill(),
    start: () => redis.server.start(),
  }
}

describeService('redis', () => {
  describe('the BullMQ dispatch', () => dispatchContract(makeRoom))
})
