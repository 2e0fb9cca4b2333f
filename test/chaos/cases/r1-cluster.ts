import { setTimeout as pause } from 'node:timers/promises'
import { seededRandom } from '../../bench/random.ts'
import { Crew, WORKERS } from '../cluster/crew.ts'
import { type Combination, startServices, titleOf } from '../cluster/services.ts'
import { type Fault, type FaultContext, type Figure, none } from '../fault.ts'
import { checkInvariants, numberOf } from '../invariants.ts'
import { readWitness, WitnessTail } from '../witness.ts'

const SIZES = {
  full: { kills: 60, tasklets: 10_000 },
  short: { kills: 6, tasklets: 300 },
} as const

/** Milliseconds between the first start of new work and the kill, at most. */
const LATEST_KILL = 150
/** Milliseconds for which such a start is waited for. */
const PATIENCE = 10_000

export const faults: readonly Fault[] = [
  toFault('R1-mysql-redis', { store: 'mysql', dispatch: 'redis' }),
  { ...toFault('R1-mysql-rabbitmq', { store: 'mysql', dispatch: 'rabbitmq' }), isLong: true },
  { ...toFault('R1-postgres', { store: 'postgres' }), isLong: true },
]

function toFault(id: string, combination: Combination): Fault {
  return {
    id,
    title: `Processes of a cluster killed, on ${titleOf(combination)}`,
    description: `${WORKERS} processes work on one store, and \`kill -9\` hits one after the other, while it works on what has just been submitted; another process takes its place. Limits hold for all processes together, slots for each of them. Every choice is drawn from the seed.`,
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
  const { kills, tasklets } = SIZES[form]
  const services = await startServices(combination, WORKERS)
  let crew: Crew | undefined
  try {
    crew = await Crew.start({ run: id, folder, seed, tasklets, services })
    await killAll(crew, context)
    crew.allow(tasklets)
    await crew.untilFinal()
    const complaints = await crew.stop()
    const records = await crew.records()
    const witness = readWitness(crew.witnessFile)
    const hit = witness.flatMap((line) => (line.what === 'dead' ? line.running : []))
    const missing = tasklets - new Set(records.map(numberOf)).size
    return [
      { name: 'kills', value: kills },
      { name: 'tasklets', value: records.length },
      { name: 'submitted and never stored', value: missing, expected: 0 },
      { name: 'running when their process died', value: hit.length },
      none('processes that did not end well', complaints),
      ...checkInvariants(records, witness, { mayBeSentBack: true }),
    ]
  } finally {
    try {
      await crew?.dispose()
    } finally {
      await services.close()
    }
  }
}

async function killAll(crew: Crew, { seed, form, progress }: FaultContext): Promise<void> {
  const random = seededRandom(seed)
  const { kills, tasklets } = SIZES[form]
  for (let kill = 1; kill <= kills; kill += 1) {
    await crew.ready()
    const tail = new WitnessTail(crew.witnessFile)
    crew.allow(Math.ceil((tasklets * kill) / (kills + 1)))
    await untilStarted(tail)
    tail.close()
    await pause(random() * LATEST_KILL)
    await crew.replace(Math.floor(random() * WORKERS))
    if (kill % 10 === 0) progress(`${kill} of ${kills} killed`)
  }
}

async function untilStarted(tail: WitnessTail): Promise<void> {
  const until = Date.now() + PATIENCE
  while (Date.now() < until && !tail.read().some(({ what }) => what === 'start')) await pause(5)
}
