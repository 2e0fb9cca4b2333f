import { setTimeout as pause } from 'node:timers/promises'
import type { Tasklet } from '../../../src/core/tasklet.ts'
import { seededRandom } from '../../bench/random.ts'
import { Crew, WORKERS } from '../cluster/crew.ts'
import { type Outage, outagesOf } from '../cluster/outages.ts'
import { type Combination, type Services, startServices, titleOf } from '../cluster/services.ts'
import { type Fault, type FaultContext, type Figure, none } from '../fault.ts'
import { checkInvariants, numberOf } from '../invariants.ts'
import { readWitness, type TimedLine, WitnessTail } from '../witness.ts'

/** `rounds`: how often everything fails. Lengths in milliseconds; leases last 5 s. */
const SIZES = {
  full: { rounds: 3, tasklets: 10_000, lengths: { cut: 4000, isolation: 8000 } },
  short: { rounds: 1, tasklets: 300, lengths: { cut: 1500, isolation: 6500 } },
} as const

/** Milliseconds between new work and the outage, at most. */
const LATEST_OUTAGE = 300
/** Milliseconds from the return of a service within which work has to go on by itself. */
const RECOVERY = 10_000
/** Milliseconds after which it is not waited for any longer. */
const PATIENCE = 60_000
/** The part of the work that is kept for the time after the last outage. */
const KEPT = 0.2

export const faults: readonly Fault[] = [
  toFault('R4-mysql-redis', { store: 'mysql', dispatch: 'redis' }),
  toFault('R4-postgres-rabbitmq', { store: 'postgres', dispatch: 'rabbitmq' }),
  { ...toFault('R4-mysql-rabbitmq', { store: 'mysql', dispatch: 'rabbitmq' }), isLong: true },
  { ...toFault('R4-postgres', { store: 'postgres' }), isLong: true },
]

function toFault(id: string, combination: Combination): Fault {
  return {
    id,
    title: `Services taken away, ${titleOf(combination)}`,
    description: `While ${WORKERS} processes work, each service is killed and started again, and the network to it fails: connections are reset and refused; nothing comes through for seconds, after which connections go on or are gone; nothing comes through from one process to the store for longer than its leases last. A Redis is flushed as well. The order is drawn from the seed. Handlers may run again only where a lease has really ended.`,
    needs: Object.values(combination),
    inflict: (context) => inflict(id, combination, context),
  }
}

async function inflict(
  id: string,
  combination: Combination,
  context: FaultContext,
): Promise<readonly Figure[]> {
  const { folder, seed, form } = context
  const { tasklets } = SIZES[form]
  const services = await startServices(combination, WORKERS)
  let crew: Crew | undefined
  try {
    crew = await Crew.start({ run: id, folder, seed, tasklets, services })
    const recoveries = await sufferAll(crew, services, context)
    const rest = new WitnessTail(crew.witnessFile)
    const since = Date.now()
    crew.allow(tasklets)
    await crew.untilFinal()
    const took = Date.now() - since
    const last = rest.read()
    rest.close()
    const complaints = await crew.stop()
    const records = await crew.records()
    const witness = readWitness(crew.witnessFile)
    const missing = tasklets - new Set(records.map(numberOf)).size
    return [
      ...toFigures(recoveries),
      { name: 'tasklets', value: records.length },
      { name: 'submitted and never stored', value: missing, expected: 0 },
      { name: 'time until the rest was done, in ms', value: took },
      { name: 'longest pause in it, in ms', value: longestPause(since, last) },
      none('processes that did nothing after the last outage', idleOf(crew, last)),
      none('processes that did not end well', complaints),
      ...countAgain(records, witness),
      ...checkInvariants(records, witness, { leasesMayEnd: true }),
    ]
  } finally {
    try {
      await crew?.dispose()
    } finally {
      await services.close()
    }
  }
}

interface Recovery {
  readonly outage: Outage
  /** Milliseconds from its end to the next settlement. */
  readonly time: number
}

async function sufferAll(
  crew: Crew,
  services: Services,
  { seed, form, progress }: FaultContext,
): Promise<readonly Recovery[]> {
  const random = seededRandom(seed)
  const { rounds, tasklets, lengths } = SIZES[form]
  const rounded = Array.from({ length: rounds }, () =>
    shuffled(outagesOf(services, lengths, random), random),
  )
  const outages = rounded.flat()
  const recoveries: Recovery[] = []
  const part = (tasklets * (1 - KEPT)) / (2 * outages.length)
  for (const [index, outage] of outages.entries()) {
    crew.allow(Math.ceil(part * (2 * index + 1)))
    await pause(random() * LATEST_OUTAGE)
    crew.witness.write({ what: 'failed', outage: outage.name })
    await outage.inflict()
    const tail = new WitnessTail(crew.witnessFile)
    crew.witness.write({ what: 'returned', outage: outage.name })
    crew.allow(Math.ceil(part * (2 * index + 2)))
    const time = await untilSettled(tail)
    tail.close()
    recoveries.push({ outage, time })
    progress(`${outage.name}: goes on after ${time} ms`)
  }
  return recoveries
}

async function untilSettled(tail: WitnessTail): Promise<number> {
  const returned = Date.now()
  for (; Date.now() - returned < PATIENCE; await pause(20)) {
    const settled = tail.read().find(({ what }) => what === 'settled')
    if (settled !== undefined) return Math.max(0, settled.at - returned)
  }
  return PATIENCE
}

function toFigures(recoveries: readonly Recovery[]): readonly Figure[] {
  const late = recoveries.filter(({ time }) => time > RECOVERY)
  return [
    { name: 'outages', value: recoveries.length },
    {
      name: 'longest time until work went on, in ms',
      value: Math.max(...recoveries.map(({ time }) => time)),
    },
    none(
      'outages after which work went on later than 10 s',
      late.map(({ outage, time }) => `${outage.name}: ${time} ms`),
    ),
  ]
}

/** Processes that have settled nothing in these lines. */
function idleOf({ pids }: Crew, lines: readonly TimedLine[]): readonly string[] {
  const busy = new Set(lines.flatMap((line) => (line.what === 'settled' ? [line.pid] : [])))
  return pids.filter((pid) => !busy.has(pid)).map((pid) => `process ${pid}`)
}

/** Between two settlements. */
function longestPause(since: number, lines: readonly TimedLine[]): number {
  const times = lines.flatMap(({ what, at }) => (what === 'settled' ? [at] : []))
  return Math.max(...times.map((at, index) => at - (times[index - 1] ?? since)))
}

/** Work that was delivered again, and handlers that had their effect again, because a lease ended. */
function countAgain(records: readonly Tasklet[], witness: readonly TimedLine[]): readonly Figure[] {
  const attempts = new Map(records.map(({ id, attempts: failed }) => [id, failed + 1]))
  const runs = new Map<string, number>()
  for (const line of witness) {
    if (line.what !== 'end' || !attempts.has(line.id) || line.output === 0) continue
    runs.set(line.id, (runs.get(line.id) ?? 0) + 1)
  }
  const again = records.filter(({ deliveries, attempts: failed, status }) => {
    return deliveries > failed + (status === 'completed' ? 1 : 0)
  })
  const twice = [...runs.values()].filter((count) => count > 1)
  return [
    { name: 'delivered again after their lease had ended', value: again.length },
    { name: 'handlers that ran to their end more than once', value: twice.length },
  ]
}

function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  const keyed = items.map((item) => [random(), item] as const)
  return keyed.sort(([a], [b]) => a - b).map(([, item]) => item)
}
