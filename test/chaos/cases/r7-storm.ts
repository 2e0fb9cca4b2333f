import { createRuntime } from '../../../src/create-runtime.ts'
import { definePlan } from '../../../src/plan/define.ts'
import { memoryStore } from '../../../src/stores/memory/store.ts'
import type { Fault, FaultContext, Figure } from '../fault.ts'

const SIZES = { full: { events: 100_000, portion: 500 }, short: { events: 100_000, portion: 5000 } }
/** Events that may wait for one subscriber. */
const QUEUE = 1000

export const fault: Fault = {
  id: 'R7-storm',
  title: 'A storm of events',
  description:
    'Tasks run while 100 000 events are emitted. One subscriber never reads its stream, one never ends its work on its first event; a third is quick.',
  inflict,
}

async function inflict({ form }: FaultContext): Promise<readonly Figure[]> {
  const { events, portion } = SIZES[form]
  const runtime = await createRuntime({ plans: [idlePlan()], store: memoryStore() })
  await runtime.start()
  const quiet = await timesOf(runtime.call.bind(runtime), events / portion, () => {})
  const overflows: string[] = []
  let quick = 0
  let slow = 0
  let late = 0
  runtime.events.on('subscriber.overflowed', ({ data }) => overflows.push(data.policy))
  const unread = runtime.events.stream('storm.*', { queue: QUEUE })
  runtime.events.on('storm.*', () => {
    slow += 1
    return new Promise(() => {})
  })
  runtime.events.on('storm.*', () => (quick += 1))
  const before = heap()
  const stormy = await timesOf(runtime.call.bind(runtime), events / portion, (turn) => {
    for (let count = 1; count <= portion; count += 1) {
      runtime.events.emit('storm.drop', { count, text: 'x'.repeat(200) })
      if (quick !== turn * portion + count) late += 1
    }
  })
  const grown = Math.round((heap() - before) / 2 ** 20)
  const waiting = unread.waiting
  await runtime.stop()
  let read = 0
  for await (const _ of unread) read += 1
  return [
    { name: 'events', value: events },
    { name: 'heard by the quick subscriber', value: quick, expected: events },
    { name: 'heard by it too late', value: late, expected: 0 },
    { name: 'heard by the one that never ends', value: slow, expected: 1 },
    { name: 'waiting in the stream that nobody reads', value: waiting, expected: QUEUE },
    { name: 'read from it after the stop, up to its end', value: read, expected: QUEUE },
    { name: 'overflows announced', value: overflows.length, expected: 2 },
    { name: 'MiB that the heap has grown', value: grown },
    { name: 'grown by more than 32 MiB', value: Number(grown > 32), expected: 0 },
    { name: 'µs of a task in silence, median', value: medianOf(quiet) },
    { name: 'µs of a task between the portions of the storm, median', value: medianOf(stormy) },
  ]
}

function idlePlan() {
  return definePlan({ name: 'storm', tasks: { idle: () => {} } })
}

/** Microseconds from submission to result of one task after another, each after `before`. */
async function timesOf(
  call: (task: string) => Promise<unknown>,
  turns: number,
  before: (turn: number) => void,
): Promise<readonly number[]> {
  const times: number[] = []
  for (let turn = 0; turn < turns; turn += 1) {
    before(turn)
    const start = performance.now()
    await call('storm/idle')
    times.push(Math.round((performance.now() - start) * 1000))
  }
  return times
}

function medianOf(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[times.length >> 1] ?? 0
}

/** Bytes; of what is still in use, where the process may collect its garbage. */
function heap(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
