import { createRuntime, definePlan, memoryStore, type Runtime } from '../../../src/index.ts'
import type { Benchmark, Contender, Form } from '../benchmark.ts'
import type { Outcome } from '../outcome.ts'
import { formatSpread } from '../spread.ts'

/** Whether each tasklet holds a unit of a resource that all of them share. */
const GROUPS = { 'live tasklets': false, 'live tasklets with a resource': true } as const

/** Sizes are the numbers of live tasklets; every one of them divides the total. */
const FORMS = {
  full: { sizes: [10, 100, 1000, 10_000], total: 20_000 },
  quick: { sizes: [10, 100, 1000], total: 2000 },
} as const satisfies Record<Form, { sizes: readonly number[]; total: number }>

export const benchmark: Benchmark = {
  id: 'B6',
  title: 'cost of a tasklet by the number of live ones',
  groups: (form) => {
    const { sizes, total } = FORMS[form]
    return Object.entries(GROUPS).map(([name, shared]) => ({
      name,
      contenders: sizes.map((live) => waves(live, total, shared)),
    }))
  },
  report: (results, form) => {
    const { sizes, total } = FORMS[form]
    const groups = Object.keys(GROUPS)
    const relative = (group: string, live: number) =>
      results.ratio([group, String(live), 'us'], [group, String(sizes[0]), 'us'])
    return {
      method: [
        `Waves of tasklets on the memory store with as many slots as tasklets: the handlers of a wave wait until all of it is live, then all are released together. Measured from the first submission to the last result; every number of live tasklets runs ${total} tasklets in all, in as many waves as that takes, through one runtime. All must have been live at once, and every result must have come. **With a resource**, each holds a unit of one that has as many units as tasklets are live.`,
      ],
      table: {
        columns: ['what', 'live', 'µs a tasklet', `÷ ${sizes[0]} live`],
        rows: groups.flatMap((group) =>
          sizes.map((live) => [
            group,
            String(live),
            formatSpread(results.spread(group, String(live), 'us')),
            formatSpread(relative(group, live)),
          ]),
        ),
      },
      targets: groups.flatMap((group) =>
        sizes.slice(1).map((live) => ({
          name: `${group}, ${live} ÷ ${sizes[0]}`,
          bound: 'at most' as const,
          limit: 1.5,
          unit: '×',
          measured: relative(group, live),
        })),
      ),
    }
  },
}

function waves(live: number, total: number, shared: boolean): Contender {
  return {
    name: String(live),
    async run() {
      const gate = createGate(live)
      const wait = { run: () => gate.enter(), ...(shared && { resources: ['slot'] }) }
      const plan = definePlan({ name: 'bench', resources: { slot: live }, tasks: { wait } })
      const runtime = await createRuntime({
        plans: [plan],
        store: memoryStore(),
        concurrency: live,
      })
      await runtime.start()
      const outcome = await measure(runtime, live, total)
      await runtime.stop()
      return outcome
    },
  }
}

async function measure(runtime: Runtime, live: number, total: number): Promise<Outcome> {
  const start = performance.now()
  for (let settled = 0; settled < total; settled += live) {
    const wave = Array.from({ length: live }, () => runtime.call('bench/wait'))
    const outputs = await Promise.all(wave)
    const wrong = outputs.find((output) => output !== live)
    if (wrong !== undefined) throw new Error(`${wrong} of ${live} tasklets were live at once`)
  }
  const elapsed = performance.now() - start
  return { figures: { us: (elapsed * 1000) / total } }
}

/** Opens when `size` have come, tells each how many are inside, and starts over. */
function createGate(size: number) {
  let inside = 0
  let opening = Promise.withResolvers<number>()
  return {
    enter(): Promise<number> {
      inside += 1
      const { promise, resolve } = opening
      if (inside === size) {
        inside = 0
        opening = Promise.withResolvers()
        resolve(size)
      }
      return promise
    },
  }
}
