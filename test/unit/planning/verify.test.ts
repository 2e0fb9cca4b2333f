import { describe, expect, it } from 'vitest'
import { verify } from '../../../src/planning/verify.ts'
import { createManualClock } from './manual-clock.ts'
import { toWorld } from './world.ts'

const checked = { meta: { check: 'check' } }

const world = toWorld({
  initial: 'off',
  states: {
    off: checked,
    blind: {},
    on: { initial: 'low', states: { low: checked, high: checked } },
    both: {
      type: 'parallel',
      states: {
        lamp: { initial: 'off', states: { off: checked, on: checked } },
        oven: { initial: 'off', states: { off: {}, on: {} } },
      },
    },
  },
})

async function holds(targets: string[], yes: string[]) {
  const asked: string[] = []
  const { holds } = await verify(world, targets, {
    clock: createManualClock(),
    run: async ({ path }) => {
      asked.push(path)
      return yes.includes(path)
    },
  })
  return { holds, asked }
}

describe('verify', () => {
  it('asks the checks of the targets and nothing else', async () => {
    expect(await holds(['off'], ['off'])).toEqual({ holds: true, asked: ['off'] })
    expect(await holds(['off'], ['on.low'])).toEqual({ holds: false, asked: ['off'] })
  })

  it('is content with any target', async () => {
    expect(await holds(['off', 'on.low'], ['on.low'])).toMatchObject({ holds: true })
  })

  it('asks the inner states of a state without a check', async () => {
    expect(await holds(['on'], ['on.high'])).toEqual({ holds: true, asked: ['on.low', 'on.high'] })
    expect(await holds(['on'], [])).toMatchObject({ holds: false })
  })

  it('wants all states of a joined label, as far as checks can see them', async () => {
    expect(await holds(['both.lamp.on & both.oven.on'], ['both.lamp.on'])).toEqual({
      holds: true,
      asked: ['both.lamp.on'],
    })
    expect(await holds(['off & both.lamp.on'], ['off'])).toMatchObject({ holds: false })
  })

  it('does not believe in a state that no check can see', async () => {
    expect(await holds(['blind'], [])).toEqual({ holds: false, asked: [] })
  })

  it('asks a check that two targets share once', async () => {
    expect(await holds(['on', 'on.low'], [])).toMatchObject({ asked: ['on.low', 'on.high'] })
  })

  it('does not hold by a check that fails, and shows the failure', async () => {
    const error = new Error('no sensor')
    const verification = await verify(world, ['off'], {
      clock: createManualClock(),
      run: () => Promise.reject(error),
    })
    expect(verification).toMatchObject({
      holds: false,
      evidence: [{ state: 'off', answer: 'error', error }],
    })
  })
})
