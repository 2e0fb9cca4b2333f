import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { definePlan } from '../../../../src/plan/define.ts'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import { compilePlan } from '../../../../src/plan/load.ts'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { newDatabaseFile } from '../../../support/database-file.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { startRuntime } from '../../../support/runtimes.ts'
import { wayTo } from '../../../support/shared-store.ts'

const PAY = { id: 'pay', run: 'pay', with: { amount: 5 }, once: true }
const SHIP = { id: 'ship', run: 'ship' }
const retry = { attempts: 3, backoff: { type: 'fixed', delay: '1s' } }

/** A plan whose job pays once and ships, and how often it has paid. */
function makeShop() {
  const pay = vi.fn(({ input }: TaskContext) => input)
  const ship = vi.fn((): unknown => 'shipped')
  const actions = { pay, ship, refund: () => 'refunded' }
  const version = (job: unknown) =>
    definePlan({ name: 'plan', actions, tasks: { job } } as Parameters<typeof definePlan>[0])
  const withSteps = (...steps: readonly object[]) => version({ retry, steps })
  return { pay, ship, version, withSteps }
}

describe('A step marked once that is done', () => {
  it.each([
    ['does something else', [{ ...PAY, with: { amount: 6 } }, SHIP], '"pay" is another one now'],
    ['runs another handler', [{ ...PAY, run: 'refund' }, SHIP], '"pay" is another one now'],
    ['is gone', [SHIP], '"pay" is gone'],
  ])('fails the next attempt for good when in a new version it %s', async (_, steps, what) => {
    const { pay, ship, withSteps } = makeShop()
    ship.mockImplementation(() => {
      throw new Error('no lorry')
    })
    const { runtime, clock } = await startRuntime(compilePlan(withSteps(PAY, SHIP)))
    const job = await runtime.submit('plan/job')
    await clock.advance(0)
    await runtime.reload(withSteps(...steps))
    await clock.advance('1s')
    expect(await runtime.get(job.id)).toMatchObject({
      status: 'failed',
      error: {
        kind: 'missing-task',
        message: expect.stringMatching(new RegExp(`has changed since it began.*${what}`)),
      },
    })
    expect(pay).toHaveBeenCalledOnce()
    expect(ship).toHaveBeenCalledOnce()
  })

  it('fails the next attempt for good when in a new version the task has no steps', async () => {
    const { ship, version, withSteps } = makeShop()
    ship.mockImplementation(() => {
      throw new Error('no lorry')
    })
    const { runtime, clock } = await startRuntime(compilePlan(withSteps(PAY, SHIP)))
    const job = await runtime.submit('plan/job')
    await clock.advance(0)
    await runtime.reload(version({ retry, run: () => 'done' }))
    await clock.advance('1s')
    expect(await runtime.get(job.id)).toMatchObject({
      status: 'failed',
      error: { kind: 'missing-task', message: expect.stringContaining('no steps any more') },
    })
  })

  it('is not done again when only others have changed', async () => {
    const { pay, ship, withSteps } = makeShop()
    ship.mockImplementationOnce(() => {
      throw new Error('no lorry')
    })
    const { runtime, clock } = await startRuntime(compilePlan(withSteps(PAY, SHIP)))
    const job = await runtime.submit('plan/job')
    await clock.advance(0)
    await runtime.reload(withSteps({ ...PAY, timeout: '1h' }, { id: 'send', run: 'ship' }))
    await clock.advance('1s')
    expect(await job.result()).toBe('shipped')
    expect(pay).toHaveBeenCalledOnce()
  })

  it('fails the delivery after a crash where it is another one', async () => {
    const { pay, ship, withSteps } = makeShop()
    const reached = Promise.withResolvers<void>()
    ship.mockImplementation(() => {
      reached.resolve()
      return new Promise(() => {})
    })
    const file = newDatabaseFile()
    const clock = new ManualClock()
    const settings = { grace: 0, lease: { duration: '6s' } }
    const way = wayTo(sqliteStore(file))
    const lost = await startRuntime(compilePlan(withSteps(PAY, SHIP)), settings, way.store, clock)
    onTestFinished(way.recover)
    const { id } = await lost.runtime.submit('plan/job')
    await reached.promise
    way.hang()
    const changed = compilePlan(withSteps({ ...PAY, with: { amount: 7 } }, SHIP))
    const later = new ManualClock(clock.now())
    const second = await startRuntime(changed, settings, sqliteStore(file), later)
    const failed = new Promise((resolve) => second.runtime.events.once('tasklet.failed', resolve))
    await later.advance('6s')
    await failed
    expect((await second.runtime.get(id))?.error?.message).toContain('"pay" is another one now')
    expect(pay).toHaveBeenCalledOnce()
  })
})
