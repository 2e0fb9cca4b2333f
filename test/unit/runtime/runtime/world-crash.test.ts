import { describe, expect, it, vi } from 'vitest'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { newDatabaseFile } from '../../../support/database-file.ts'
import { makeKiln } from '../../../support/kiln.ts'
import { startRuntime } from '../../../support/runtimes.ts'

/** It notes every question of its checks between its transitions. */
function makeNotingKiln() {
  const kiln = makeKiln({
    fire: {
      requires: 'hot',
      run: () => {
        kiln.seen.push(`fire in ${kiln.at}`)
        return 'fired'
      },
    },
  })
  for (const state of kiln.world.states.keys()) {
    kiln.answers[state] = () => {
      kiln.seen.push(`${state}?`)
      return kiln.at === state
    }
  }
  return kiln
}

describe('a preparation that dies with its process', () => {
  it('is begun anew by the next one, which asks where the world is', async () => {
    const file = newDatabaseFile()
    const before = makeNotingKiln()
    // Its clock stands still: it renews no lease, as if it were dead.
    const dead = await startRuntime(before.plan, { grace: 0 }, sqliteStore(file))
    before.doings['heat'] = () => new Promise(() => {})
    const { id } = await dead.runtime.submit('kiln/fire')
    await vi.waitFor(() => expect(before.seen.slice(-1)).toEqual(['heat']))
    expect(dead.runtime.plan('kiln').belief()).toMatchObject({ states: ['warm'] })

    // Meanwhile somebody has cooled it down.
    const after = makeNotingKiln()
    const next = await startRuntime(after.plan, {}, sqliteStore(file))
    expect(next.runtime.plan('kiln').belief()?.source).not.toBe('checks')
    await next.clock.advance('1m')
    const first = after.seen.findIndex((line) => !line.endsWith('?'))
    expect(after.seen.slice(0, first).sort()).toEqual(['cold?', 'hot?', 'lost?', 'warm?'])
    expect(after.seen.filter((line) => !line.endsWith('?'))).toEqual([
      'warm',
      'heat',
      'fire in hot',
    ])
    expect(await next.runtime.get(id)).toMatchObject({
      status: 'completed',
      output: 'fired',
      deliveries: 2,
      attempts: 0,
      trail: { from: 'cold', steps: [{ event: 'WARM' }, { event: 'HEAT', outcome: 'moved' }] },
    })
  })

  it('does not believe without a look what was verified a moment before', async () => {
    const file = newDatabaseFile()
    const first = await startRuntime(makeNotingKiln().plan, {}, sqliteStore(file))
    await first.runtime.call('kiln/fire')
    await first.runtime.stop()
    const kiln = makeNotingKiln()
    const options = { planning: { freshness: '1h' } }
    const second = await startRuntime(kiln.plan, options, sqliteStore(file))
    expect(second.runtime.plan('kiln').belief()).toMatchObject({
      states: ['hot'],
      source: 'restored',
    })
    await second.runtime.call('kiln/fire')
    expect(kiln.seen.filter((line) => !line.endsWith('?'))).toEqual(['warm', 'heat', 'fire in hot'])
  })
})
