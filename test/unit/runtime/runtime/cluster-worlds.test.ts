import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wait } from '../../../../src/runtime/wait.ts'
import { SharedKiln } from '../../../support/shared-kiln.ts'

const FRESH = { planning: { freshness: '1h' } }

async function startTwo(options = {}) {
  const shared = new SharedKiln()
  const one = await shared.join(options)
  const two = await shared.join(options)
  return { shared, one, two }
}

describe('One world that two processes work with', () => {
  it('is shared by their work that needs it in the same state', async () => {
    const { shared, one, two } = await startTwo({ concurrency: 1 })
    await one.runtime.submit('kiln/fire', 5000)
    await shared.clock.advance('2s')
    await two.runtime.submit('kiln/fire', 5000)
    await shared.clock.advance('1s')
    expect(shared.seen).toEqual(['0 warm', '0 heat', '0 fire', '1 fire'])
    expect(shared.most).toBe(2)
  })

  it('is not moved by one while work of the other relies on it', async () => {
    const { shared, one, two } = await startTwo()
    await one.runtime.submit('kiln/fire', 5000)
    await shared.clock.advance('2s')
    const load = await two.runtime.submit('kiln/load', 10)
    await shared.clock.advance('3s')
    expect(shared.seen).toEqual(['0 warm', '0 heat', '0 fire'])
    await shared.clock.advance('10s')
    expect(shared.violations).toEqual([])
    expect(await two.runtime.get(load.id)).toMatchObject({ status: 'completed' })
  })

  it('turns to those that have waited long, whatever the other process could go on with', async () => {
    const { shared, one, two } = await startTwo()
    const feeding = { on: true }
    const feed = async (): Promise<void> => {
      await one.runtime.submit('kiln/fire', 900)
      if (feeding.on) shared.clock.setTimer(shared.clock.now() + 400, () => void feed())
    }
    await feed()
    await shared.clock.advance('5s')
    const load = await two.runtime.submit('kiln/load', 10)
    await shared.clock.advance('20s')
    expect(await two.runtime.get(load.id)).toMatchObject({ status: 'pending' })
    await shared.clock.advance('40s')
    expect(await two.runtime.get(load.id)).toMatchObject({ status: 'completed' })
    feeding.on = false
    await shared.clock.advance('3m')
    expect(shared.violations).toEqual([])
    expect(await shared.cluster.kept.counts()).toMatchObject({ running: 0, pending: 0 })
  })

  it('is believed where the other has brought it, and looked at before it is relied on', async () => {
    const { shared, one, two } = await startTwo(FRESH)
    await two.runtime.plan('kiln').state()
    expect(two.runtime.plan('kiln').belief()).toMatchObject({ states: ['cold'], source: 'checks' })
    await one.runtime.submit('kiln/fire', 10)
    await shared.clock.advance('5s')
    await two.runtime.submit('kiln/load', 10)
    await shared.clock.advance('5s')
    expect(shared.violations).toEqual([])
    expect(shared.seen.map((line) => line.slice(2))).toEqual([
      'warm',
      'heat',
      'fire',
      'cool',
      'load',
    ])
  })

  it('is looked at by the next after one has died in the middle of moving it', async () => {
    const { shared, one, two } = await startTwo(FRESH)
    const fire = await one.runtime.submit('kiln/fire', 10)
    await shared.clock.advance('200ms')
    expect(shared.seen).toHaveLength(1)
    const holder = shared.seen[0] === '0 warm' ? 0 : 1
    shared.kill(holder)
    await (holder === 0 ? two : one).runtime.submit('kiln/load', 10)
    await shared.clock.advance('2m')
    expect(shared.violations).toEqual([])
    expect(await shared.cluster.kept.get(fire.id)).toMatchObject({ status: 'completed' })
    expect(await shared.cluster.kept.counts()).toMatchObject({ completed: 2 })
  })

  it('is moved only with all that this needs, also by one that was to join others', async () => {
    const shared = new SharedKiln()
    const one = await shared.join({ concurrency: 2 })
    const two = await shared.join()
    const fire = await one.runtime.submit('kiln/fire', 2000)
    await shared.clock.advance('1s')
    await one.runtime.submit('kiln/door', 10_000)
    await shared.clock.advance('500ms')
    expect(shared.seen.slice(-2)).toEqual(['0 fire', '0 door'])
    // From here on the other knows that the world is held hot, and by whom.
    await two.runtime.explain(fire.id)
    const gate = shared.cluster.stop('hold')
    const next = await two.runtime.submit('kiln/fire', 10)
    await shared.clock.advance('3s')
    shared.at = 'cold'
    gate.resolve()
    await shared.clock.advance('1s')
    expect(shared.seen).toHaveLength(4)
    await shared.clock.advance('30s')
    expect(shared.violations).toEqual([])
    const seen = shared.seen.slice(4).map((line) => line.slice(2))
    expect(seen).toEqual(['warm', 'heat', 'fire'])
    expect(await two.runtime.get(next.id)).toMatchObject({ status: 'completed' })
  })

  it('tells who holds it, in which state and in which process', async () => {
    const { shared, one, two } = await startTwo()
    const fire = await one.runtime.submit('kiln/fire', 60_000)
    await shared.clock.advance('2s')
    const load = await two.runtime.submit('kiln/load', 10)
    await shared.clock.advance('3s')
    const { reasons } = await two.runtime.explain(load.id)
    const message = expect.stringMatching(
      `needs the world in cold, and it is held in hot by ${fire.id} \\(on host`,
    )
    expect(reasons).toMatchObject([{ code: 'state', holder: fire.id, message }])
  })
})

interface Job {
  readonly task: 'fire' | 'load' | 'dry' | 'door' | 'turn'
  readonly process: number
  readonly delay: number
  readonly duration: number
  /** Milliseconds after which somebody cancels it; undefined: nobody does. */
  readonly cancelAfter: number | undefined
}

const job: fc.Arbitrary<Job> = fc.record({
  task: fc.constantFrom('fire', 'load', 'dry', 'door', 'turn'),
  process: fc.nat(2),
  delay: fc.integer({ min: 0, max: 4000 }),
  duration: fc.integer({ min: 0, max: 1500 }),
  cancelAfter: fc.option(fc.integer({ min: 0, max: 6000 }), { nil: undefined, freq: 5 }),
})

it('Whatever is asked of whom, and whoever dies, no two are in each other’s way, and all is done.', async () => {
  const given = fc.record({
    jobs: fc.array(job, { minLength: 2, maxLength: 20 }),
    lags: fc.array(fc.constantFrom(0, 0, 1, 5, 20, 60), { minLength: 3, maxLength: 12 }),
    deaths: fc.array(fc.record({ process: fc.nat(1), at: fc.integer({ min: 0, max: 6000 }) }), {
      maxLength: 1,
    }),
  })
  const property = fc.asyncProperty(given, async ({ jobs, lags, deaths }) => {
    let calls = 0
    const shared = new SharedKiln(async (clock) => {
      calls += 1
      const lag = lags[calls % lags.length] ?? 0
      if (lag > 0) await wait(clock, lag)
    })
    for (let at = 0; at < 3; at += 1) await shared.join()
    const submitting = jobs.map(async ({ task, process, delay, duration, cancelAfter }) => {
      const { runtime } = shared.processes[process] as (typeof shared.processes)[number]
      const { id } = await runtime.submit(`kiln/${task}`, duration, { delay })
      if (cancelAfter === undefined) return
      const survivor = shared.processes[2]?.runtime
      shared.clock.setTimer(shared.clock.now() + cancelAfter, () => void survivor?.cancel(id))
    })
    await shared.clock.advance('1s')
    await Promise.all(submitting)
    for (const { process, at } of deaths) {
      shared.clock.setTimer(shared.clock.now() + at, () => shared.kill(process))
    }
    await shared.clock.advance('6m')
    expect(shared.violations).toEqual([])
    const { completed, cancelled } = await shared.cluster.kept.counts()
    expect(completed + cancelled).toBe(jobs.length)
    expect(cancelled).toBeLessThanOrEqual(
      jobs.filter((one) => one.cancelAfter !== undefined).length,
    )
    expect(await shared.cluster.kept.holds()).toEqual([])
    for (const [at, { runtime, way }] of shared.processes.entries()) {
      if (shared.isDead(at)) way.revive()
      const stopping = runtime.stop()
      await shared.clock.advance('1m')
      await stopping
    }
  })
  await fc.assert(property, { numRuns: 15 })
}, 120_000)
