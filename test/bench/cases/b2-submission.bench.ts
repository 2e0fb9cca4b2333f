import type { Benchmark, Form, Table } from '../benchmark.ts'
import { Deliveries } from '../deliveries.ts'
import type { Outcome } from '../outcome.ts'
import type { Open } from '../peers/peer.ts'
import { bestPeer, measuredIn, OURS, toContenders } from '../peers/peers.ts'
import type { Results } from '../results.ts'
import { formatSpread, quantile } from '../spread.ts'
import type { Target } from '../target.ts'

const ONE_BY_ONE = 'one after another'
const AT_ONCE = 'all at once'
const GROUPS = [ONE_BY_ONE, AT_ONCE] as const
const FIGURES = ['p50', 'p99'] as const
const CONCURRENCY = 50
/** Before the clock: connections open with the first submissions. */
const WARM_UP = 20
const SIZES = { full: 2000, quick: 500 } as const satisfies Record<Form, number>

type Group = (typeof GROUPS)[number]

export const benchmark: Benchmark = {
  id: 'B2',
  title: 'latency of a durable submission',
  groups: (form) =>
    GROUPS.map((name) => ({
      name,
      contenders: toContenders({ favour: 'submission', concurrency: CONCURRENCY }, (open) =>
        measure(name, SIZES[form], open),
      ),
    })),
  report: (results, form) => ({
    method: [
      `${SIZES[form]} single submissions, from the call to its acknowledgement: **${ONE_BY_ONE}**, each awaited before the next, and **${AT_ONCE}**, all called in one go. ${WARM_UP} submissions go before the clock. No handler runs meanwhile; afterwards all are drained, and each must have been delivered exactly once. The median and the 99th percentile of a run, then over the runs as everywhere. The targets are set against the best peer of equal durability.`,
      'The contenders are set up as in B1.',
    ],
    table: toTable(results),
    targets: GROUPS.flatMap((group) =>
      FIGURES.flatMap((figure) => toTarget(results, group, figure)),
    ),
  }),
}

async function measure(group: Group, size: number, open: Open): Promise<Outcome> {
  const deliveries = new Deliveries(WARM_UP + size)
  const session = await open(deliveries.deliver)
  for (let input = 0; input < WARM_UP; input += 1) await session.submit(input)
  const inputs = Array.from({ length: size }, (_, index) => WARM_UP + index)
  const timed = async (input: number) => {
    const start = performance.now()
    await session.submit(input)
    return performance.now() - start
  }
  const latencies = group === AT_ONCE ? await Promise.all(inputs.map(timed)) : []
  if (group === ONE_BY_ONE) for (const input of inputs) latencies.push(await timed(input))
  await session.work()
  await session.settled(WARM_UP + size)
  deliveries.requireExactlyOnce()
  return { figures: { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) } }
}

function toTable(results: Results): Table {
  const rows = GROUPS.flatMap((group) =>
    measuredIn(results, group).map(({ name, durability }) => [
      `${name}, ${group}`,
      durability,
      ...FIGURES.map((figure) => formatSpread(results.spread(group, name, figure))),
    ]),
  )
  return { columns: ['', 'durability', 'p50, ms', 'p99, ms'], rows }
}

function toTarget(results: Results, group: Group, figure: string): readonly Target[] {
  const best = bestPeer(results, group, figure, ({ synced }) => synced)
  if (best === undefined) return []
  return [
    {
      name: `${group}, ${figure}: ${OURS} ÷ best peer of equal durability (${best.name})`,
      bound: 'at most',
      limit: 1,
      unit: '×',
      measured: results.ratio([group, OURS, figure], [group, best.name, figure]),
    },
  ]
}
