import { join } from 'node:path'
import type { Fault, FaultContext, Figure } from '../fault.ts'
import { checkInvariants } from '../invariants.ts'
import { readRecords, readRunning } from '../stored.ts'
import { Subject } from '../subject.ts'
import { readWitness, Witness } from '../witness.ts'
import { FILES, toSubmissions, type WorkerSettings } from '../worker-settings.ts'

const OTHERS = { full: 1000, short: 100 } as const
const MAX_DELIVERIES = 3
/** More deaths than these mean that the poison is never recognised. */
const MOST_LIVES = 20
/** Where in the queue the poison stands. */
const POISON = 20

export const fault: Fault = {
  id: 'R10',
  title: 'Poison',
  description:
    'A tasklet kills its process whenever it is run; each time, another process goes on. It stands among others that run beside it.',
  inflict,
}

async function inflict(context: FaultContext): Promise<readonly Figure[]> {
  const { folder, form } = context
  const deaths = await liveUntilDone(context)
  const records = await readRecords(join(folder, FILES.database))
  const poison = records.find(({ task }) => task === 'poison')
  const others = records.filter(({ task }) => task !== 'poison')
  const isDeadLetter = poison?.status === 'failed' && poison.error?.kind === 'poison'
  return [
    { name: 'tasklets beside the poison', value: others.length, expected: OTHERS[form] - 1 },
    { name: 'deaths', value: deaths, expected: MAX_DELIVERIES },
    { name: 'deliveries of the poison', value: poison?.deliveries ?? 0, expected: MAX_DELIVERIES },
    { name: 'poison that is no dead letter', value: isDeadLetter ? 0 : 1, expected: 0 },
    ...checkInvariants(records, readWitness(join(folder, FILES.witness))),
  ]
}

/** Starts processes until one is not killed; how many were. */
async function liveUntilDone(context: FaultContext): Promise<number> {
  const witness = new Witness(join(context.folder, FILES.witness))
  try {
    for (let life = 0; life < MOST_LIVES; life += 1) {
      const subject = new Subject(toLife(context, life))
      try {
        const said = await subject.says('done')
        if (said === 'stuck') throw new Error(`life ${life} got stuck: ${subject.complaint}`)
        const { signal, code } = await subject.ended
        if (code === 0) return life
        if (signal !== 'SIGKILL') throw new Error(`life ${life} ended: ${subject.complaint}`)
        const running = await readRunning(context.folder)
        witness.write({ what: 'dead', pid: subject.pid, running })
      } finally {
        subject.dispose()
      }
    }
  } finally {
    witness.close()
  }
  return MOST_LIVES
}

function toLife({ folder, seed, form }: FaultContext, life: number): WorkerSettings {
  return {
    run: `R10-${seed}-${life}`,
    folder,
    seed: seed + life,
    ...toSubmissions(OTHERS[form], readWitness(join(folder, FILES.witness))),
    poison: POISON,
    moment: undefined,
    lease: 5000,
    maxDeliveries: MAX_DELIVERIES,
  }
}
