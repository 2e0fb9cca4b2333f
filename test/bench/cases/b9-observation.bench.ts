import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type CreateRuntimeOptions,
  createRuntime,
  definePlan,
  memoryStore,
  sqliteStore,
} from '../../../src/index.ts'
import { createMetrics } from '../../../src/telemetry/metrics.ts'
import { discardSpans } from '../../support/discarded-spans.ts'
import type { Benchmark, Contender, Form, Table } from '../benchmark.ts'
import { Deliveries } from '../deliveries.ts'
import type { Outcome } from '../outcome.ts'
import type { Results } from '../results.ts'
import { formatSpread } from '../spread.ts'

const CONCURRENCY = 50
const SCRAPE_EVERY = 1000
const STORES = ['SQLite, full durability', 'memory'] as const
const OFF = 'nothing'
const ALL = 'inspection, metrics, and tracing without an SDK'
const RECORDED = 'the same, and an SDK that records every span'

interface Watch {
  readonly inspects?: boolean
  readonly measures?: boolean
  readonly traces?: boolean
  readonly records?: boolean
}

const WATCHES: Readonly<Record<string, Watch>> = {
  [OFF]: {},
  inspection: { inspects: true },
  metrics: { measures: true },
  'tracing without an SDK': { traces: true },
  [ALL]: { inspects: true, measures: true, traces: true },
  [RECORDED]: { inspects: true, measures: true, traces: true, records: true },
}

export const benchmark: Benchmark = {
  id: 'B9',
  title: 'what observation costs',
  groups: (form) => STORES.map((store) => ({ name: store, contenders: toContenders(store, form) })),
  report: (results, form) => ({
    method: [
      `${sizeOf(form)} tasks whose handler does nothing, submitted in bulk at concurrency ${CONCURRENCY}, from the first submission to the last result. Inspection is an observer that counts every event of every actor. Metrics are those of \`/metrics\`, scraped once a second. Without an SDK there is nobody to take spans, as in a program that has registered none; with it each tasklet has six, in batches, exported to nowhere. Nothing of it is sampled.`,
    ],
    table: toTable(results),
    targets: STORES.map((store) => ({
      name: `${ALL} ÷ ${OFF} (${store})`,
      bound: 'at most',
      limit: 1.3,
      unit: '×',
      measured: results.ratio([store, ALL, 'us'], [store, OFF, 'us']),
    })),
  }),
}

function sizeOf(form: Form): number {
  return form === 'quick' ? 5000 : 20_000
}

function toTable(results: Results): Table {
  const rows = STORES.flatMap((store) =>
    Object.keys(WATCHES).map((name) => [
      store,
      name,
      formatSpread(results.spread(store, name, 'us')),
      formatSpread(results.ratio([store, name, 'us'], [store, OFF, 'us'])),
    ]),
  )
  return { columns: ['store', 'switched on', 'µs a task', `÷ ${OFF}`], rows }
}

function toContenders(store: (typeof STORES)[number], form: Form): readonly Contender[] {
  return Object.entries(WATCHES).map(([name, watch]) => ({
    name,
    run: () => (store === 'memory' ? onMemory(sizeOf(form), watch) : onSqlite(sizeOf(form), watch)),
  }))
}

function onMemory(size: number, watch: Watch): Promise<Outcome> {
  return measure(size, watch, { store: memoryStore() })
}

async function onSqlite(size: number, watch: Watch): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-bench-'))
  try {
    return await measure(size, watch, { store: sqliteStore(join(folder, 'setpoint.db')) })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(
  size: number,
  { inspects, measures, traces, records }: Watch,
  { store }: Pick<CreateRuntimeOptions, 'store'>,
): Promise<Outcome> {
  const deliveries = new Deliveries(size)
  const stopRecording = records ? discardSpans() : undefined
  let inspected = 0
  const observe = () => {
    inspected += 1
  }
  const runtime = await createRuntime({
    plans: [
      definePlan({
        name: 'bench',
        tasks: { deliver: async ({ input }) => deliveries.deliver(Number(input)) },
      }),
    ],
    ...(store !== undefined && { store }),
    concurrency: CONCURRENCY,
    ...(traces !== true && { tracing: false }),
    ...(inspects && { inspect: observe }),
  })
  await runtime.start()
  const metrics = measures ? createMetrics(runtime) : undefined
  const scraping = metrics && setInterval(() => void metrics.scrape(), SCRAPE_EVERY)
  const start = performance.now()
  await Promise.all(
    Array.from({ length: size }, (_, index) => runtime.call('bench/deliver', index)),
  )
  const elapsed = performance.now() - start
  clearInterval(scraping)
  metrics?.close()
  await runtime.stop()
  await stopRecording?.()
  deliveries.requireExactlyOnce()
  if (inspects && inspected < size) throw new Error(`the observer heard ${inspected} events`)
  return { figures: { us: (elapsed * 1000) / size } }
}
