import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Fault, FaultContext, Figure } from '../fault.ts'
import { readRecords } from '../stored.ts'
import { Subject } from '../subject.ts'
import { readWitness } from '../witness.ts'
import { FILES, type WorkerSettings } from '../worker-settings.ts'

/** Milliseconds. */
const LEASE = 900

export const fault: Fault = {
  id: 'R3',
  title: 'Event loop blocked past the lease',
  description:
    'A handler blocks the event loop of its process until its lease has ended and another process works on the tasklet, or has settled it; then it goes on and wants to settle.',
  inflict,
}

/** When the blocked process wakes up: while its successor works, or when that has settled. */
const WAKES = ['running', 'settled'] as const
type Wake = (typeof WAKES)[number]

async function inflict(context: FaultContext): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  for (const wake of WAKES) {
    const folder = join(context.folder, wake)
    mkdirSync(folder)
    const found = await takeOver({ ...context, folder }, wake)
    figures.push(...found.map((figure) => ({ ...figure, name: `${figure.name} (${wake})` })))
  }
  return figures
}

async function takeOver(context: FaultContext, wake: Wake): Promise<readonly Figure[]> {
  const { folder } = context
  const tell = (file: string) => writeFileSync(join(folder, file), '')
  const holder = new Subject(toSettings(context, 'holder', [0]))
  let successor: Subject | undefined
  try {
    await holder.reaches('moment')
    successor = new Subject(toSettings(context, 'successor', []))
    await successor.reaches('moment')
    if (wake === 'settled') {
      tell(FILES.finish)
      await successor.reaches('done')
    }
    tell(FILES.released)
    await holder.reaches('lost')
    tell(FILES.finish)
    await Promise.all([holder.finishes(), successor.finishes()])
    return await toFigures(folder, wake, holder.pid, successor.pid)
  } finally {
    holder.dispose()
    successor?.dispose()
  }
}

async function toFigures(folder: string, wake: Wake, holder: number, successor: number) {
  const witness = readWitness(join(folder, FILES.witness))
  const [record] = await readRecords(join(folder, FILES.database))
  const settled = witness.filter((line) => line.what === 'settled')
  const lost = witness.filter((line) => line.what === 'lost')
  const count = (lines: readonly { readonly pid: number }[], pid: number) =>
    lines.filter((line) => line.pid === pid).length
  const named = lost.filter((line) => line.holder?.includes(`/${successor}/`) === true)
  return [
    { name: 'deliveries', value: record?.deliveries ?? 0, expected: 2 },
    { name: 'settled by the new holder', value: count(settled, successor), expected: 1 },
    { name: 'settled by the old holder', value: count(settled, holder), expected: 0 },
    { name: 'lease.lost at the old holder', value: count(lost, holder), expected: 1 },
    { name: 'lease.lost at the new holder', value: count(lost, successor), expected: 0 },
    ...(wake === 'running'
      ? [{ name: 'lease.lost that names the new holder', value: named.length, expected: 1 }]
      : []),
    { name: 'not completed', value: record?.status === 'completed' ? 0 : 1, expected: 0 },
  ]
}

function toSettings(
  { folder, seed }: FaultContext,
  role: string,
  submissions: readonly number[],
): WorkerSettings {
  return {
    run: `R3-${seed}-${role}`,
    folder,
    seed,
    submissions,
    kind: 'blocker',
    moment: { phase: 'run', occurrence: 1 },
    lease: LEASE,
    maxDeliveries: 3,
  }
}
