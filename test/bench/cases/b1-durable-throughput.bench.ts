import type { Benchmark, Form, Table } from '../benchmark.ts'
import { Deliveries } from '../deliveries.ts'
import type { Outcome } from '../outcome.ts'
import { bullmq } from '../peers/bullmq.ts'
import type { Open, Peer } from '../peers/peer.ts'
import {
  bestPeer,
  measuredIn,
  OURS,
  PEERS_AND_ENGINES,
  SETTINGS,
  toContenders,
} from '../peers/peers.ts'
import {
  setpoint,
  setpointOnMysql,
  setpointOnMysqlAndRedis,
  setpointOnPostgres,
} from '../peers/setpoint.ts'
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
      contenders: toContenders(
        { favour: 'throughput', concurrency: CONCURRENCY, peers: PEERS_AND_ENGINES },
        (open) => measure(SIZES[form], open),
      ),
    },
  ],
  report: (results, form) => ({
    method: [
      `${SIZES[form]} tasklets whose handler does nothing, submitted in bulk and drained at concurrency ${CONCURRENCY} by handlers that are ready before the first submission, in the process that submits; from the first submission to the last recorded completion. **Submitting** is the part until all submissions were acknowledged, while the draining already goes on. Each contender starts with an empty database. Every tasklet must have been delivered exactly once.`,
      'Ours runs in a file, and on the servers of the peers: on PostgreSQL beside pg-boss and graphile-worker, on MySQL + Redis beside BullMQ. There BullMQ is also the part of ours that hands out ids: ours does all that BullMQ does and keeps the truth in the database besides, so it cannot be faster; what it promises is more. On every server each completion is fenced by the token of its lease, and every tasklet stays as a record with its result; BullMQ and graphile-worker delete what is completed.',
      SETTINGS,
    ],
    table: toTable(results),
    targets: toTargets(results),
    remarks: toRemarks(results),
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
  return [
    ...toTarget(results, setpoint),
    ...toTarget(results, setpointOnPostgres, ({ needs = [] }) => needs.includes('postgres')),
  ]
}

function toTarget(
  results: Results,
  ours: Peer,
  among?: (peer: Peer) => boolean,
): readonly Target[] {
  const best = bestPeer(results, GROUP, 'us', among)
  if (best === undefined || !results.has(GROUP, ours.name)) return []
  return [
    {
      name: `best peer${among === undefined ? '' : ' on the same server'} (${best.name}) ÷ ${ours.name}`,
      bound: 'at least',
      limit: 2,
      unit: '×',
      measured: results.ratio([GROUP, best.name, 'us'], [GROUP, ours.name, 'us']),
    },
  ]
}

function toRemarks(results: Results): readonly string[] {
  return [setpointOnMysqlAndRedis, setpointOnMysql]
    .filter(({ name }) => results.has(GROUP, name) && results.has(GROUP, bullmq.name))
    .map(({ name }) => {
      const share = results.ratio([GROUP, bullmq.name, 'us'], [GROUP, name, 'us'])
      return `${name} reaches ${formatSpread(share)} × the throughput of ${bullmq.name}, which does not sync`
    })
}
