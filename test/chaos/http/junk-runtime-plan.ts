import { z } from 'zod'
import { definePlan } from '../../../src/plan/define.ts'

/** Something at every address: tasks of each kind, a world, a schedule, an interrupt, a queue. */
export function junkRuntimePlan() {
  let world = 'cold'
  const move = (state: string) => async () => {
    world = state
  }
  return definePlan({
    name: 'junk',
    resources: { door: 1 },
    machine: {
      id: 'junk',
      initial: 'cold',
      states: {
        cold: {
          meta: { check: 'isCold' },
          on: { HEAT: { target: 'hot', meta: { task: 'heat' } } },
        },
        hot: { meta: { check: 'isHot' }, on: { COOL: { target: 'cold', meta: { task: 'cool' } } } },
      },
    },
    checks: {
      isCold: () => world === 'cold',
      isHot: () => world === 'hot',
      never: () => false,
    },
    schedules: { yearly: { task: 'echo', cron: '0 0 1 1 *', input: { text: 'x' } } },
    interrupts: { alarm: { when: 'never', every: '1h', run: 'echo', victims: 'cancel' } },
    tasks: {
      heat: move('hot'),
      cool: move('cold'),
      echo: async ({ input }) => input ?? null,
      strict: {
        input: z.object({ piece: z.string().max(20), n: z.int().optional() }),
        resources: ['door'],
        run: async ({ input }) => input.piece,
      },
      hot: { requires: 'hot', run: async () => 'hot' },
      fails: async () => {
        throw new Error('it always fails')
      },
      slow: { queue: 'junk', run: async () => null },
      outside: { external: true },
    },
  })
}
