import { describe, expect, it } from 'vitest'
import { ForeignRounds } from '../../../src/runtime/foreign-rounds.ts'
import { ManualClock } from '../../support/manual-clock.ts'

function setUp() {
  const clock = new ManualClock()
  const looks: PromiseWithResolvers<void>[] = []
  const rounds = new ForeignRounds(clock, 50, () => {
    const look = Promise.withResolvers<void>()
    looks.push(look)
    return look.promise
  })
  const finish = async () => {
    looks.at(-1)?.resolve()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { clock, looks, rounds, finish }
}

describe('looks at what others have changed', () => {
  it('begin at once', () => {
    const { rounds, looks } = setUp()
    rounds.changed()
    expect(looks).toHaveLength(1)
  })

  it('are one at a time, and what was told meanwhile is looked at once afterwards', async () => {
    const { rounds, looks, finish, clock } = setUp()
    rounds.changed()
    rounds.changed()
    rounds.changed()
    await clock.advance(60)
    expect(looks).toHaveLength(1)
    await finish()
    expect(looks).toHaveLength(2)
    await finish()
    expect(looks).toHaveLength(2)
  })

  it('keep their distance, however often a change is told', async () => {
    const { rounds, looks, finish, clock } = setUp()
    rounds.changed()
    await finish()
    rounds.changed()
    rounds.changed()
    await clock.advance(49)
    expect(looks).toHaveLength(1)
    await clock.advance(1)
    expect(looks).toHaveLength(2)
  })

  it('end when they are stopped', async () => {
    const { rounds, looks, finish, clock } = setUp()
    rounds.changed()
    rounds.changed()
    rounds.stop()
    await finish()
    await clock.advance(100)
    expect(looks).toHaveLength(1)
  })
})
