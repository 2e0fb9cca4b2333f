import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createActor } from 'xstate'
import { queueMachine } from '../../../machines/queue.ts'
import { schedulerMachine } from '../../../machines/scheduler.ts'
import { allDone, ManualClock, toTimers } from '../../support/manual-clock.ts'

const INTENSITY = 3
const WITHIN = 60_000
const DELAY = 100
const policy = {
  intensity: INTENSITY,
  within: WITHIN,
  delay: DELAY,
  maxDelay: 10_000,
  random: () => 0,
}

/** A running scheduler whose queue `a` crashes when it is told to. */
async function startScheduler() {
  const clock = new ManualClock()
  const restarts: number[] = []
  let crash = false
  const queue = queueMachine.provide({
    actions: {
      claim: () => {
        if (!crash) return
        crash = false
        throw new Error('crashed')
      },
    },
  })
  const root = createActor(
    schedulerMachine.provide({
      actors: { queue },
      actions: { reportRestart: (_, { delay }) => void restarts.push(delay) },
    }),
    { input: { queues: ['a', 'b'], residents: [], policy }, clock: toTimers(clock) },
  )
  const errors: unknown[] = []
  root.subscribe({ error: (error) => errors.push(error) })
  root.start()
  onTestFinished(() => void root.stop())
  await allDone()
  return {
    root,
    clock,
    restarts,
    errors,
    crash() {
      crash = true
      root.getSnapshot().children['queue:a']?.send({ type: 'claim.more' })
    },
    isUp: () => 'queue:a' in root.getSnapshot().children,
  }
}

describe('supervision by the scheduler', () => {
  it('starts a crashed queue again after its backoff, not before', async () => {
    const { clock, crash, isUp, restarts } = await startScheduler()
    crash()
    await clock.advance(DELAY - 1)
    expect(isUp()).toBe(false)
    await clock.advance(1)
    expect(isUp()).toBe(true)
    expect(restarts).toEqual([DELAY])
  })

  it('leaves the other residents alone', async () => {
    const { root, clock, crash } = await startScheduler()
    const others = () => {
      const { execution, 'queue:b': b } = root.getSnapshot().children
      return [execution, b]
    }
    const before = others()
    crash()
    await clock.advance(DELAY)
    expect(others()).toEqual(before)
    expect(before.map((actor) => actor?.getSnapshot().status)).toEqual(['active', 'active'])
  })

  it('fails with the error of the crash that is one too many', async () => {
    const { root, clock, crash, restarts } = await startScheduler()
    for (let n = 0; n <= INTENSITY; n += 1) {
      crash()
      await clock.advance(1000)
    }
    expect(restarts).toEqual([DELAY, 2 * DELAY, 4 * DELAY])
    expect(root.getSnapshot()).toMatchObject({
      value: 'failed',
      status: 'done',
      context: { failure: { message: 'crashed' } },
    })
    expect(clock.pending).toBe(0)
  })

  it('counts exactly the crashes of the last window, however they are spread', async () => {
    const gaps = fc.array(fc.integer({ min: 5, max: 40 }), { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(gaps, async (gaps) => {
        const { root, clock, crash, restarts, errors } = await startScheduler()
        const crashes: number[] = []
        for (const gap of gaps) {
          // Off the second, so that no crash falls on the very end of a window.
          await clock.advance(gap * 1000 + 7)
          crash()
          crashes.push(clock.now())
          const counted = crashes.filter((at) => at > clock.now() - WITHIN).length
          const failed = counted > INTENSITY
          expect(root.getSnapshot().value).toBe(failed ? 'failed' : 'running')
          if (failed) break
          expect(restarts.at(-1)).toBe(DELAY * 2 ** (counted - 1))
        }
        expect(errors).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  it('leaves no timer behind when a crash was forgiven between two others', async () => {
    const { root, clock, crash } = await startScheduler()
    for (const gap of [0, 30_000, 45_000]) {
      await clock.advance(gap)
      crash()
    }
    await clock.advance(DELAY * 2)
    root.stop()
    expect(clock.pending).toBe(0)
  })
})
