import { z } from 'zod'
import { createRuntime, definePlan, memoryStore } from '../../../src/index.ts'

let temperature = 20

const kiln = definePlan({
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
  checks: { isCold: () => temperature < 60, isHot: () => temperature > 900 },
  tasks: {
    heat: () => {
      temperature = 950
    },
    cool: () => {
      temperature = 20
    },
    fire: {
      input: z.object({ piece: z.string() }),
      requires: 'hot',
      resources: ['door'],
      timeout: '30s',
      retry: { attempts: 3, backoff: { type: 'exponential', delay: '1s', max: '1m', jitter: 0.2 } },
      run: ({ input }) => `${input.piece} was fired at ${temperature} °C`,
    },
  },
})

// Without a store it is the file .setpoint/setpoint.db; the memory store is for trying things out.
const runtime = await createRuntime({ plans: [kiln], store: memoryStore() })
await runtime.start()
const tasklet = await runtime.submit(kiln.tasks.fire, { piece: 'A1' }, { priority: 'high' })
export const result = await tasklet.result()
await runtime.stop({ drain: '30s' })
