import { availableParallelism } from 'node:os'
import type { Benchmark, Contender, Form, Table } from '../benchmark.ts'
import { type EngineSet, servicesOf } from '../engines/engines.ts'
import type { Results } from '../results.ts'
import { formatNumber, formatSpread } from '../spread.ts'
import type { Target } from '../target.ts'
import { WorkerProcesses } from '../workers/processes.ts'
import { runShift, type ShiftSize } from '../workers/shift.ts'
import type { Work } from '../workers/work.ts'

const ENGINES = {
  'MySQL + Redis': { store: 'mariadb', dispatch: 'redis' },
  'MySQL + RabbitMQ': { store: 'mariadb', dispatch: 'rabbitmq' },
  PostgreSQL: { store: 'postgres' },
} as const satisfies Record<string, EngineSet>

const WORK = { nothing: 'does nothing', computing: 'computes' } as const satisfies Record<
  Work,
  string
>

const SIZES = {
  full: { nothing: 10_000, computing: 2000 },
  quick: { nothing: 3000, computing: 600 },
} as const satisfies Record<Form, Record<Work, number>>

const WORKERS = [1, 2, 4] as const
/** Of the cores, above which they are full. */
const FULL = 0.85

interface Setup {
  readonly group: string
  readonly engines: EngineSet
  readonly work: Work
}

const SETUPS: readonly Setup[] = Object.entries(ENGINES).flatMap(([name, engines]) =>
  (['nothing', 'computing'] as const).map((work) => {
    return { group: `${name}, handler ${WORK[work]}`, engines, work }
  }),
)

export const benchmark: Benchmark = {
  id: 'B10',
  title: 'throughput by the number of worker processes',
  groups: (form) =>
    SETUPS.map(({ group, engines, work }, index) => ({
      name: group,
      contenders: WORKERS.map((count) =>
        toContender(count, {
          name: `b10_${index}_${count}`,
          engines,
          work,
          size: SIZES[form][work],
        }),
      ),
    })),
  report: (results, form) => ({
    method: [
      `${SIZES[form].nothing} tasklets whose handler does nothing, or ${SIZES[form].computing} whose handler computes for ${computingTime(results)} ms of a core that has nothing else to do (always the same computation, so a process that has to wait for a core gets no work done meanwhile). They are submitted beforehand by a process that runs nothing and has stopped. Then 1, 2 or 4 worker processes drain them at concurrency 50 each, beside the servers on the same machine: from the moment when every worker has its first 50 handlers waiting to the last completion that was recorded. Each tasklet must have been delivered to exactly one worker and be kept as completed.`,
      `**Cores at work** is the mean over the whole machine, servers and anything else included; it has ${availableParallelism()}. Workers, database and broker share them: where one worker and its servers fill them already, more workers can only take turns, and the throughput should then stay rather than fall. On more machines each worker brings its own cores, until the servers' are full.`,
    ],
    table: toTable(results),
    targets: SETUPS.filter(({ group }) => isMeasured(results, group)).flatMap(({ group, work }) =>
      toTargets(results, group, work),
    ),
  }),
}

function toContender(count: number, shift: ShiftSize): Contender {
  let processes: WorkerProcesses | undefined
  return {
    name: nameOf(count),
    needs: servicesOf(shift.engines),
    run() {
      processes ??= new WorkerProcesses(count)
      return runShift(processes, shift)
    },
  }
}

function toTable(results: Results): Table {
  const rows = SETUPS.filter(({ group }) => isMeasured(results, group)).flatMap(({ group }) =>
    WORKERS.map((count) => [
      group,
      String(count),
      formatSpread(results.spread(group, nameOf(count), 'perSecond')),
      formatSpread(growth(results, group, count)),
      formatSpread(results.spread(group, nameOf(count), 'cores')),
    ]),
  )
  return { columns: ['', 'workers', 'tasklets a second', '÷ 1 worker', 'cores at work'], rows }
}

function toTargets(results: Results, group: string, work: Work): readonly Target[] {
  const cores = results.spread(group, nameOf(1), 'cores').median
  const areFull = cores >= FULL * availableParallelism()
  const stays: Target = {
    name: `${group}: 4 workers ÷ 2 workers, when the cores are full`,
    bound: 'at least',
    limit: 0.9,
    unit: '×',
    measured: results.ratio([group, nameOf(4), 'perSecond'], [group, nameOf(2), 'perSecond']),
  }
  const grows: Target = {
    name: `${group}: 2 workers ÷ 1 worker${areFull ? `, which filled ${formatNumber(cores)} cores already` : ''}`,
    bound: 'at least',
    limit: work === 'computing' && !areFull ? 1.5 : 0.9,
    unit: '×',
    measured: growth(results, group, 2),
  }
  return [grows, stays]
}

function growth(results: Results, group: string, count: number) {
  return results.ratio([group, nameOf(count), 'perSecond'], [group, nameOf(1), 'perSecond'])
}

function computingTime(results: Results): string {
  const times = SETUPS.filter(({ group }) => isMeasured(results, group)).map(
    ({ group }) => results.spread(group, nameOf(1), 'computing').min,
  )
  return times.length === 0 ? 'some' : formatNumber(Math.min(...times))
}

function isMeasured(results: Results, group: string): boolean {
  return WORKERS.every((count) => results.has(group, nameOf(count)))
}

function nameOf(count: number): string {
  return count === 1 ? '1 worker' : `${count} workers`
}
