import { describe, expect, it } from 'vitest'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { newDatabaseFile } from '../../../support/database-file.ts'
import { type Kiln, makeKiln } from '../../../support/kiln.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { startRuntime } from '../../../support/runtimes.ts'
import { STORES } from '../../../support/stores.ts'

/** The cheap way to `hot` costs 2 and is broken; the detour costs 5 and works. */
function makeBrokenKiln(): Kiln {
  const kiln = makeKiln({ fire: { requires: 'hot', run: () => 'fired' } })
  kiln.doings['warm'] = () => Promise.reject(new Error('no gas'))
  return kiln
}

const WARM = 'cold --WARM--> warm'

describe('a cheap edge that is broken', () => {
  it.each(STORES)(
    'is left for the detour after one failure, and costs more from then on: %s',
    async (_, makeStore) => {
      const kiln = makeBrokenKiln()
      const { runtime, store } = await startRuntime(kiln.plan, {}, makeStore())
      const access = runtime.plan('kiln')
      expect(await access.path('hot', { from: 'cold' })).toMatchObject({ cost: 2 })
      const tasklet = await runtime.submit('kiln/fire')
      expect(await tasklet.result()).toBe('fired')
      expect(kiln.seen).toEqual(['warm', 'blast'])
      const steps = [
        { event: 'WARM', cost: 1, outcome: 'failed', message: 'no gas' },
        { event: 'HEAT', task: 'blast', outcome: 'moved' },
      ]
      expect(await runtime.get(tasklet.id)).toMatchObject({ attempts: 0, trail: { steps } })
      expect(await access.path('hot', { from: 'cold' })).toMatchObject({ cost: 3 })
      await allDone()
      const [fact] = await store.facts('edge-costs')
      expect(fact).toMatchObject({
        key: 'kiln',
        value: { edges: { [WARM]: { runs: 1, failures: 1 } } },
      })
    },
  )

  it('is not even tried once its failures have made the detour cheaper', async () => {
    const kiln = makeBrokenKiln()
    const { runtime } = await startRuntime(kiln.plan)
    for (let run = 0; run < 4; run += 1) {
      kiln.at = 'cold'
      await runtime.call('kiln/fire')
    }
    expect(kiln.seen.filter((task) => task === 'warm')).toHaveLength(4)
    kiln.seen.length = 0
    kiln.at = 'cold'
    await runtime.call('kiln/fire')
    expect(kiln.seen).toEqual(['blast'])
  })

  it('is known to the next process as well', async () => {
    const file = newDatabaseFile()
    const first = await startRuntime(makeBrokenKiln().plan, {}, sqliteStore(file))
    await first.runtime.call('kiln/fire')
    await first.runtime.stop()
    const second = await startRuntime(makeBrokenKiln().plan, {}, sqliteStore(file))
    const verdict = await second.runtime.plan('kiln').path('hot', { from: 'cold' })
    expect(verdict).toMatchObject({ outcome: 'reachable', cost: 3 })
  })

  it('costs what it declares for ever when learning is switched off', async () => {
    const kiln = makeBrokenKiln()
    const { runtime, store } = await startRuntime(kiln.plan, { learning: false })
    for (let run = 0; run < 5; run += 1) {
      kiln.at = 'cold'
      await runtime.call('kiln/fire')
    }
    expect(kiln.seen.filter((task) => task === 'warm')).toHaveLength(5)
    expect(await runtime.plan('kiln').path('hot', { from: 'cold' })).toMatchObject({ cost: 2 })
    await allDone()
    expect(await store.facts('edge-costs')).toEqual([])
  })
})
