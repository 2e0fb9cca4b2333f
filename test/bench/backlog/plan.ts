import { definePlan } from '../../../src/index.ts'

/** Its task holds on until it is told to stop, so what was claimed stays claimed. */
export const plan = definePlan({
  name: 'backlog',
  tasks: {
    hold: ({ signal }) =>
      new Promise<void>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      }),
  },
})

export const TASK = 'backlog/hold'
