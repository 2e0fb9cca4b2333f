import { describe, expect, it } from 'vitest'
import { runBounded } from '../../../src/runtime/bounded.ts'
import { allDone, ManualClock } from '../../support/manual-clock.ts'

/** Starts work that ends when it is told to, and watches how the bounded run ends. */
function start(limit: number | undefined) {
  const clock = new ManualClock()
  const outer = new AbortController()
  const work = Promise.withResolvers<string>()
  let signal: AbortSignal | undefined
  let ended: { value: unknown } | { error: unknown } | undefined
  const bounds = { clock, limit, grace: 500, signal: outer.signal }
  const running = runBounded(bounds, (given) => {
    signal = given
    return work.promise
  })
  running.then(
    (value) => {
      ended = { value }
    },
    (error) => {
      ended = { error }
    },
  )
  return { clock, outer, work, aborted: () => signal?.aborted, ended: () => ended }
}

describe('runBounded', () => {
  it('gives the value of work that ends in time, and leaves no timer', async () => {
    const { clock, work, aborted, ended } = start(1000)
    await clock.advance(999)
    work.resolve('done')
    await allDone()
    expect(ended()).toEqual({ value: 'done' })
    expect(aborted()).toBe(false)
    expect(clock.pending).toBe(0)
  })

  it('rejects with what the work throws, also at once', async () => {
    const { clock, work, ended } = start(1000)
    work.reject(new Error('broken'))
    await allDone()
    expect(ended()).toMatchObject({ error: { message: 'broken' } })
    expect(clock.pending).toBe(0)
    const bounds = { clock, limit: 1, grace: 1, signal: new AbortController().signal }
    const throwing = () => {
      throw new Error('at once')
    }
    await expect(runBounded(bounds, throwing)).rejects.toThrow('at once')
    expect(clock.pending).toBe(0)
  })

  it('aborts the work at the limit and waits for its real end', async () => {
    const { clock, work, aborted, ended } = start(1000)
    await clock.advance(1000)
    expect(aborted()).toBe(true)
    await clock.advance(499)
    expect(ended()).toBeUndefined()
    work.resolve('too late')
    await allDone()
    expect(ended()).toMatchObject({
      error: { name: 'TimeoutError', message: 'took longer than 1000 ms' },
    })
    expect(clock.pending).toBe(0)
  })

  it('gives work that does not end up when its grace has passed', async () => {
    const { clock, ended } = start(1000)
    await clock.advance(1499)
    expect(ended()).toBeUndefined()
    await clock.advance(1)
    expect(ended()).toMatchObject({ error: { name: 'TimeoutError' } })
    expect(clock.pending).toBe(0)
  })

  it('hands the reason of the outer signal on, once the work has ended', async () => {
    const { outer, work, clock, aborted, ended } = start(undefined)
    const reason = new Error('cancelled')
    outer.abort(reason)
    await allDone()
    expect(aborted()).toBe(true)
    expect(ended()).toBeUndefined()
    work.reject(new Error('what the work made of it'))
    await allDone()
    expect(ended()).toEqual({ error: reason })
    expect(clock.pending).toBe(0)
  })

  it('has no limit when none is given', async () => {
    const { clock, ended, work } = start(undefined)
    await clock.advance('1d')
    expect(ended()).toBeUndefined()
    work.resolve('done')
    await allDone()
    expect(ended()).toEqual({ value: 'done' })
  })
})
