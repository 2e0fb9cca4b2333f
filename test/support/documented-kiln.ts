import { z } from 'zod'
import { definePlan } from '../../src/plan/define.ts'

/** The plan `kiln` that the pages of the documentation speak of, with all that they call in it. */
export function documentedKiln() {
  let state = 'cold'
  const move = (to: string) => async () => {
    state = to
  }
  return definePlan({
    name: 'kiln',
    resources: { door: 1 },
    machine: {
      id: 'kiln',
      initial: 'cold',
      states: {
        cold: {
          meta: { check: 'isCold' },
          on: { HEAT: { target: 'hot', meta: { task: 'heat', cost: 5 } } },
        },
        hot: {
          meta: { check: 'isHot' },
          on: { COOL: { target: 'cold', meta: { task: 'cool', cost: 3 } } },
        },
      },
    },
    checks: { isCold: () => state === 'cold', isHot: () => state === 'hot', onFire: () => false },
    schedules: { nightly: { task: 'clean', cron: '0 3 * * *' } },
    interrupts: { fire: { when: 'onFire', every: '1h', run: 'clean' } },
    tasks: {
      heat: move('hot'),
      cool: move('cold'),
      clean: async () => null,
      fire: {
        input: z.object({ piece: z.string() }),
        output: z.object({ grams: z.number() }),
        requires: 'hot',
        resources: ['door'],
        run: async () => ({ grams: 12 }),
      },
      glaze: { external: true },
    },
  })
}
