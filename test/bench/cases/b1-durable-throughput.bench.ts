import type { Benchmark, Form, Table } from '../benchmark.ts'
import { Deliveries } from '../deliveries.ts'
import type { Outcome } from '../outcome.ts'
import type { Open } from '../peers/peer.ts'
import { bestPeer, measuredIn, OURS, SETTINGS, toContenders } from '../peers/peers.ts'
import type { Results } from '../results.ts'
import { formatSpread } from '../spread.ts'
import type { Target } from '../target.ts'

const GROUP = 'no-op tasklets'
const CONCURRENCY = 50
const SIZES = { full: 20_000, quick: 5000 } as const satisfies Record<Form, number>

export const benchmark: Benchmark = {
  id: 'B1',
  title: 'durable throughput',
  groups: (form) => [
    {
      name: GROUP,
      contenders: toContenders('throughput', (open) => measure(SIZES[form], open), CONCURRENCY),
    },
  ],
  report: (results, form) => ({
    method: [
      `${SIZES[form]} tasklets whose handler does nothing, submitted in bulk and drained at concurrency ${CONCURRENCY} by handlers that are ready before the first submission, in the process that submits; from the first submission to the last recorded completion. **Submitting** is the part until all submissions were acknowledged, while the draining already goes on. Each contender starts with an empty database. Every tasklet must have been delivered exactly once.`,
      SETTINGS,
    ],
    table: toTable(results),
    targets: toTargets(results),
  }),
}

async function measure(size: number, open: Open): Promise<Outcome> {
  const deliveries = new Deliveries(size)
  const session = await open(deliveries.deliver)
  await session.work()
  const inputs = Array.from({ length: size }, (_, index) => index)
  const start = performance.now()
  await session.submitAll(inputs)
  const submitted = performance.now()
  await session.settled(size)
  const end = performance.now()
  deliveries.requireExactlyOnce()
  const perTasklet = (ms: number) => (ms * 1000) / size
  return { figures: { us: perTasklet(end - start), submitting: perTasklet(submitted - start) } }
}

function toTable(results: Results): Table {
  const rows = measuredIn(results, GROUP).map(({ name, durability }) => [
    name,
    durability,
    formatSpread(results.spread(GROUP, name, 'us')),
    formatSpread(results.spread(GROUP, name, 'submitting')),
    formatSpread(results.ratio([GROUP, name, 'us'], [GROUP, OURS, 'us'])),
  ])
  const columns = ['', 'durability', 'µs a tasklet', 'of it submitting, µs', `÷ ${OURS}`]
  return { columns, rows }
}

function toTargets(results: Results): readonly Target[] {
  const best = bestPeer(results, GROUP, 'us')
  if (best === undefined) return []
  return [
    {
      name: `best peer (${best.name}) ÷ ${OURS}`,
      bound: 'at least',
      limit: 2,
      unit: '×',
      measured: results.ratio([GROUP, best.name, 'us'], [GROUP, OURS, 'us']),
    },
  ]
}
