import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { seededRandom } from '../../bench/random.ts'
import type { Fault, FaultContext, Figure } from '../fault.ts'
import { checkInvariants, numberOf } from '../invariants.ts'
import { readRecords, readRunning } from '../stored.ts'
import { Subject } from '../subject.ts'
import { readWitness, Witness } from '../witness.ts'
import {
  FILES,
  type Moment,
  type Phase,
  toSubmissions,
  type WorkerSettings,
} from '../worker-settings.ts'

const SIZES = {
  full: { kills: 200, tasklets: 20_000 },
  short: { kills: 8, tasklets: 800 },
} as const

/** How late in the life of a process a phase may be hit: what a life surely comes to. */
const LATEST: Readonly<Record<Phase, number>> = {
  boot: 1,
  submit: 10,
  claim: 20,
  run: 80,
  settle: 20,
  plan: 4,
}
/** Milliseconds between the message of the process and the kill, at most. */
const LATEST_KILL = 4

export const fault: Fault = {
  id: 'R1',
  title: 'Processes killed',
  description:
    '`kill -9` of the process while it boots, submits, claims, runs, settles or plans; the next process goes on with what it left. Every choice is drawn from the seed.',
  inflict,
}

async function inflict(context: FaultContext): Promise<readonly Figure[]> {
  const { folder } = context
  const { kills, tasklets } = SIZES[context.form]
  const killed = await killAll(context)
  const last = new Subject(toLife(context, kills, undefined))
  try {
    await last.finishes()
  } finally {
    last.dispose()
  }
  const records = await readRecords(join(folder, FILES.database))
  const witness = readWitness(join(folder, FILES.witness))
  const missing = tasklets - new Set(records.map(numberOf)).size
  const hit = witness.flatMap((line) => (line.what === 'dead' ? line.running : []))
  return [
    { name: 'kills', value: kills },
    ...killed,
    { name: 'tasklets', value: records.length },
    { name: 'submitted and never stored', value: missing, expected: 0 },
    { name: 'running when their process died', value: hit.length },
    ...checkInvariants(records, witness),
  ]
}

/** Gives processes a share of the work each and kills them; how many died in which phase. */
async function killAll(context: FaultContext): Promise<readonly Figure[]> {
  const random = seededRandom(context.seed)
  const phases = Object.keys(LATEST) as Phase[]
  const counts = new Map<string, number>(phases.map((phase) => [phase, 0]))
  const { kills } = SIZES[context.form]
  const witness = new Witness(join(context.folder, FILES.witness))
  for (let life = 0; life < kills; life += 1) {
    const phase = phases[life % phases.length] ?? 'run'
    const occurrence = 1 + Math.floor(random() * LATEST[phase])
    const delay = random() * LATEST_KILL
    const hit = await killOne(toLife(context, life, { phase, occurrence }), delay, witness)
    counts.set(hit ? phase : 'idle', (counts.get(hit ? phase : 'idle') ?? 0) + 1)
    if (life % 20 === 19) context.progress(`${life + 1} of ${kills} killed`)
  }
  witness.close()
  return [...counts].map(([phase, value]) => ({ name: `killed in phase ${phase}`, value }))
}

/** Whether the process came to its moment; one that has nothing left to do is killed as it idles. */
async function killOne(settings: WorkerSettings, delay: number, witness: Witness) {
  const subject = new Subject(settings)
  try {
    const said = await subject.says('moment', 'done')
    if (said === 'moment') await pause(delay)
    await subject.kill()
    const running = await readRunning(settings.folder)
    witness.write({ what: 'dead', pid: subject.pid, running })
    if (said === 'stuck') throw new Error(`run ${settings.run} got stuck: ${subject.complaint}`)
    return said === 'moment'
  } finally {
    subject.dispose()
  }
}

function toLife(context: FaultContext, life: number, moment: Moment | undefined): WorkerSettings {
  const { folder, seed } = context
  const { kills, tasklets } = SIZES[context.form]
  const target = Math.ceil((tasklets * Math.min(life + 1, kills)) / kills)
  return {
    run: `R1-${seed}-${life}`,
    folder,
    seed: seed + life,
    ...toSubmissions(target, readWitness(join(folder, FILES.witness))),
    moment,
    lease: 5000,
    // Killing is what this case is about: nothing becomes poison by it.
    maxDeliveries: 10_000,
    staysWhenDone: moment !== undefined,
  }
}
