import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Fault, type FaultContext, type Figure, none } from '../fault.ts'
import { runClients, type Seen } from '../http/clients.ts'
import { type Listener, listen, neverRead } from '../http/listeners.ts'
import { ServerProcess } from '../http/server-process.ts'
import { checkInvariants } from '../invariants.ts'
import { readRecords } from '../stored.ts'
import { readWitness, Witness } from '../witness.ts'
import { FILES } from '../worker-settings.ts'

const CLIENTS = 200
const LISTENERS = 100
const DURATIONS = { full: 60_000, short: 5000 } as const
/** Milliseconds that 99 of 100 reads stay below; of a whole run only, which has the machine alone. */
const LOW = 250
const PATIENCE = 120_000
const CATCH_UP = 15_000

export const fault: Fault = {
  id: 'R8-load',
  title: 'Many clients, one of which never reads',
  description: `${CLIENTS} clients hand in work over HTTP and read records, listings and figures, each about once a second, while ${LISTENERS} others listen to events, one of which never reads. Every tasklet that was answered with 202 comes to its end.`,
  inflict,
}

async function inflict({ folder, form, progress }: FaultContext): Promise<readonly Figure[]> {
  const { server, port } = await ServerProcess.start({ folder, plan: 'chaos', queueSize: 5000 })
  const witness = new Witness(join(folder, FILES.witness))
  const mute = neverRead(port)
  const listeners: Listener[] = []
  try {
    for (let n = 1; n < LISTENERS; n += 1) listeners.push(await listen(port, 'tasklet.completed'))
    progress(`${LISTENERS} listeners, ${CLIENTS} clients`)
    const seen = await runClients({ port, clients: CLIENTS, duration: DURATIONS[form], witness })
    progress(`${seen.submissions.length} tasklets, now until they are done`)
    await nothingLeft(port)
    await allHeard(port, listeners)
    const endings = listeners.flatMap(({ ending }) => ending ?? [])
    const cut = cutFigure(mute.isCut(), form)
    closeAll([mute, ...listeners])
    const how = await server.stop()
    const records = await readRecords(join(folder, FILES.database))
    const completed = records.filter(({ status }) => status === 'completed')
    return [
      ...clientFigures(seen, form),
      ...listenerFigures(listeners, endings, completed.length),
      cut,
      none('wrong stops of the server', how === 0 ? [] : [`${how}: ${server.complaint}`]),
      ...checkInvariants(records, readWitness(join(folder, FILES.witness))),
    ]
  } finally {
    closeAll([mute, ...listeners])
    witness.close()
    server.dispose()
  }
}

function closeAll(closing: readonly { close(): void }[]): void {
  for (const each of closing) each.close()
}

/** A listener that takes nothing is cut off after half a minute, which only a whole run lasts. */
function cutFigure(isCut: boolean, form: FaultContext['form']): Figure {
  const cut = { name: 'listeners that never read and were cut off', value: isCut ? 1 : 0 }
  return form === 'full' ? { ...cut, expected: 1 } : cut
}

function clientFigures(seen: Seen, form: FaultContext['form']): readonly Figure[] {
  const { reads, submissions, refused, wrong } = seen
  const p99 = quantile(reads, 0.99)
  const slow = { name: `p99 of reads above ${LOW} ms`, value: p99 > LOW ? 1 : 0 }
  return [
    { name: 'clients', value: CLIENTS },
    { name: 'answered with 202', value: submissions.length },
    { name: 'refused for a full queue, and handed in later', value: refused },
    { name: 'reads', value: reads.length },
    { name: 'p50 of reads, ms', value: Math.round(quantile(reads, 0.5)) },
    { name: 'p99 of reads, ms', value: Math.round(p99) },
    { name: 'p99 of submissions, ms', value: Math.round(quantile(submissions, 0.99)) },
    form === 'full' ? { ...slow, expected: 0 } : slow,
    none('other answers than expected', wrong),
  ]
}

function listenerFigures(
  listeners: readonly Listener[],
  endings: readonly string[],
  completed: number,
): readonly Figure[] {
  const gaps = listeners.reduce((sum, each) => sum + each.gaps, 0)
  const ignorant = listeners.filter(
    ({ gaps, completed: { size } }) => gaps === 0 && size < completed,
  )
  const missed = ignorant.map(({ completed: { size } }) => `heard of ${size} of ${completed}`)
  return [
    { name: 'listeners', value: listeners.length + 1 },
    { name: 'tasklets completed', value: completed },
    { name: 'times that listeners were told of a gap', value: gaps },
    none('listeners that missed something without being told', missed),
    none('listeners that read and were cut off', endings),
  ]
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

async function nothingLeft(port: number): Promise<void> {
  const unsettled = 'blocked,scheduled,pending,running,retrying'
  const until = performance.now() + PATIENCE
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/tasks?limit=1&status=${unsettled}`)
    const { items } = (await answer.json()) as { items: readonly unknown[] }
    if (items.length === 0) return
    // What is left then is counted as stuck.
    if (performance.now() > until) return
    await pause(100)
  }
}

/** Gives what is on its way to the listeners time to arrive. */
async function allHeard(port: number, listeners: readonly Listener[]): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/stats`)
  const { counts } = (await answer.json()) as { counts: { readonly completed: number } }
  const until = performance.now() + CATCH_UP
  const isBehind = ({ completed, gaps }: Listener) =>
    gaps === 0 && completed.size < counts.completed
  while (listeners.some(isBehind) && performance.now() < until) await pause(100)
}
