import { setTimeout } from 'node:timers/promises'
import type { Benchmark, Form, Table } from '../benchmark.ts'
import { Deliveries } from '../deliveries.ts'
import type { Outcome } from '../outcome.ts'
import type { Open } from '../peers/peer.ts'
import { bestPeer, measuredIn, OURS, toContenders } from '../peers/peers.ts'
import { seededRandom } from '../random.ts'
import type { Results } from '../results.ts'
import { formatSpread, quantile } from '../spread.ts'
import type { Target } from '../target.ts'

const GROUP = 'idle'
const CONCURRENCY = 50
/** Milliseconds of rest before a sample: at least the first, the second more at random. */
const GAP = { least: 10, jitter: 40 } as const
const WARM_UP = 20
const SAMPLES = { full: 200, quick: 40 } as const satisfies Record<Form, number>
/** What ours may be of the best peer. */
const LIMITS = { p50: 1 / 5, p99: 1 / 2 } as const

export const benchmark: Benchmark = {
  id: 'B3',
  title: 'from submission to start, idle',
  groups: (form) => [
    {
      name: GROUP,
      contenders: toContenders({ favour: 'start', concurrency: CONCURRENCY }, (open) =>
        measure(SAMPLES[form], open),
      ),
    },
  ],
  report: (results, form) => ({
    method: [
      `An idle queue whose handlers are ready; ${SAMPLES[form]} times, after a rest of ${GAP.least} to ${GAP.least + GAP.jitter} ms at random, one tasklet is submitted: from the call of \`submit\` to the first line of its handler, in one process. The next rest begins when the submission is acknowledged and the handler has run. ${WARM_UP} samples go before those that count. A queue may start a handler before it acknowledges the submission. Each tasklet must have been delivered exactly once.`,
      'The contenders are set up as in B1.',
    ],
    table: toTable(results),
    targets: [...toTarget(results, 'p50'), ...toTarget(results, 'p99')],
  }),
}

async function measure(samples: number, open: Open): Promise<Outcome> {
  const deliveries = new Deliveries(WARM_UP + samples)
  let started = Promise.withResolvers<number>()
  const session = await open((input) => {
    started.resolve(performance.now())
    deliveries.deliver(input)
  })
  await session.work()
  const random = seededRandom(samples)
  const latencies: number[] = []
  for (let input = 0; input < WARM_UP + samples; input += 1) {
    await setTimeout(GAP.least + GAP.jitter * random())
    started = Promise.withResolvers()
    const start = performance.now()
    const [at] = await Promise.all([started.promise, session.submit(input)])
    if (input >= WARM_UP) latencies.push(at - start)
  }
  await session.settled(WARM_UP + samples)
  deliveries.requireExactlyOnce()
  return { figures: { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) } }
}

function toTable(results: Results): Table {
  const rows = measuredIn(results, GROUP).map(({ name, durability }) => [
    name,
    durability,
    formatSpread(results.spread(GROUP, name, 'p50')),
    formatSpread(results.spread(GROUP, name, 'p99')),
    formatSpread(results.ratio([GROUP, OURS, 'p50'], [GROUP, name, 'p50'])),
  ])
  return { columns: ['', 'durability', 'p50, ms', 'p99, ms', `${OURS} ÷ it, p50`], rows }
}

function toTarget(results: Results, figure: keyof typeof LIMITS): readonly Target[] {
  const best = bestPeer(results, GROUP, figure)
  if (best === undefined) return []
  return [
    {
      name: `${figure}: ${OURS} ÷ best peer (${best.name})`,
      bound: 'at most',
      limit: LIMITS[figure],
      unit: '×',
      measured: results.ratio([GROUP, OURS, figure], [GROUP, best.name, figure]),
    },
  ]
}
