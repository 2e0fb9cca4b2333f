import { describe, expect, it } from 'vitest'
import { noCounts } from '../../../src/core/status.ts'
import { Readiness } from '../../../src/gateway/health.ts'
import { ManualClock } from '../../support/manual-clock.ts'

function make(counts: () => Promise<ReturnType<typeof noCounts>> = async () => noCounts()) {
  const clock = new ManualClock()
  let asked = 0
  const runtime = {
    status: 'running' as const,
    counts: () => {
      asked += 1
      return counts()
    },
  }
  return { clock, readiness: new Readiness(runtime, clock), asked: () => asked }
}

describe('readiness', () => {
  it('has no reason against it while the runtime runs and its store answers', async () => {
    const { readiness, clock } = make()
    expect(await readiness.reasons()).toEqual([])
    expect(clock.pending).toBe(0)
  })

  it('names a store that cannot be read, and not what it said', async () => {
    const { readiness } = make(() => Promise.reject(new Error('/secret/path is broken')))
    expect(await readiness.reasons()).toEqual([
      { code: 'store', message: 'the store cannot be read' },
    ])
  })

  it('names a store that does not answer in time', async () => {
    const { readiness, clock } = make(() => new Promise(() => {}))
    const reasons = readiness.reasons()
    await clock.advance('2s')
    expect(await reasons).toMatchObject([
      { code: 'store', message: expect.stringContaining('2000 ms') },
    ])
  })

  it('asks the store once in a second, however often it is asked itself', async () => {
    const { readiness, clock, asked } = make()
    await Promise.all([readiness.reasons(), readiness.reasons()])
    await readiness.reasons()
    expect(asked()).toBe(1)
    await clock.advance('1s')
    await readiness.reasons()
    expect(asked()).toBe(2)
  })
})
