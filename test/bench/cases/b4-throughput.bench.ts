import PQueue from 'p-queue'
import { createActor, fromTransition } from 'xstate'
import { taskletMachine } from '../../../machines/tasklet.ts'
import { createRuntime, definePlan, memoryStore } from '../../../src/index.ts'
import type { Benchmark, Contender, Form, Table } from '../benchmark.ts'
import type { Outcome } from '../outcome.ts'
import { seededRandom } from '../random.ts'
import type { Results } from '../results.ts'
import { formatSpread } from '../spread.ts'

const GROUP = 'no-op tasks'
const CONCURRENCY = 50
const LEVELS = [0, 100, 500, 900] as const

const EVENTS = ['claimed', 'granted', 'prepared', 'ended', 'completed'].map(
  (name) => ({ type: `tasklet.${name}` }) as Parameters<typeof taskletMachine.transition>[1],
)

export const benchmark: Benchmark = {
  id: 'B4',
  title: 'throughput of the runtime on the memory store',
  groups: (form) => {
    const size = sizeOf(form)
    return [{ name: GROUP, contenders: [setpoint(size), pQueue(size), bareLoop(size)] }]
  },
  report: (results, form) => ({
    method: [
      `${sizeOf(form)} tasks whose handler is an async function that does nothing, each with one of ${LEVELS.length} priorities at random, all submitted at once, concurrency ${CONCURRENCY}, from the first submission to the last result. Nothing of it is durable. Setpoint stores a record and runs an actor for each task; p-queue calls the function. Every task must have run once, and every caller must have got the result of its own task.`,
      `The bare loop has no queue, store, priorities, handler or results: one after another it creates the plain, not memoised actor of \`machines/tasklet.ts\` under a parent that ignores it, starts it and sends it the ${EVENTS.length} events of a tasklet's life, the last of which stops it.`,
    ],
    table: toTable(results),
    targets: [
      {
        name: 'p-queue ÷ Setpoint',
        bound: 'at least',
        limit: 1,
        unit: '×',
        measured: results.ratio([GROUP, 'p-queue', 'us'], [GROUP, 'Setpoint', 'us']),
      },
      {
        name: 'bare loop ÷ Setpoint',
        bound: 'at least',
        limit: 3,
        unit: '×',
        measured: results.ratio([GROUP, 'bare loop', 'us'], [GROUP, 'Setpoint', 'us']),
      },
    ],
  }),
}

function sizeOf(form: Form): number {
  return form === 'quick' ? 5000 : 20_000
}

function toTable(results: Results): Table {
  const rows = ['Setpoint', 'p-queue', 'bare loop'].map((name) => [
    name,
    formatSpread(results.spread(GROUP, name, 'us')),
    formatSpread(results.ratio([GROUP, name, 'us'], [GROUP, 'Setpoint', 'us'])),
  ])
  return { columns: ['', 'µs a task', '÷ Setpoint'], rows }
}

function setpoint(size: number): Contender {
  return {
    name: 'Setpoint',
    async run(round) {
      const work = createWork(size, round)
      const plan = definePlan({
        name: 'bench',
        tasks: { deliver: async ({ input }) => work.deliver(input) },
      })
      const runtime = await createRuntime({
        plans: [plan],
        store: memoryStore(),
        concurrency: CONCURRENCY,
      })
      await runtime.start()
      const outcome = await work.measure((index, priority) =>
        runtime.call('bench/deliver', index, { priority }),
      )
      await runtime.stop()
      return outcome
    },
  }
}

function pQueue(size: number): Contender {
  return {
    name: 'p-queue',
    run(round) {
      const work = createWork(size, round)
      const queue = new PQueue({ concurrency: CONCURRENCY })
      // There the highest number runs first.
      return work.measure((index, priority) =>
        queue.add(async () => work.deliver(index), { priority: -priority }),
      )
    },
  }
}

/** The same tasks and priorities for everyone in a round, and the count of what was delivered. */
function createWork(size: number, round: number) {
  const random = seededRandom(round)
  const priorities = Array.from({ length: size }, () => LEVELS[Math.floor(random() * 4)] ?? 0)
  const delivered = new Uint8Array(size)
  return {
    deliver(input: unknown): unknown {
      delivered[Number(input)] = (delivered[Number(input)] ?? 0) + 1
      return input
    },
    async measure(submit: (index: number, priority: number) => Promise<unknown>): Promise<Outcome> {
      const start = performance.now()
      const outputs = await Promise.all(
        priorities.map((priority, index) => submit(index, priority)),
      )
      const elapsed = performance.now() - start
      const wrong = outputs.findIndex((output, index) => output !== index || delivered[index] !== 1)
      if (wrong !== -1) {
        throw new Error(`task ${wrong} ran ${delivered[wrong]} times and gave ${outputs[wrong]}`)
      }
      return { figures: { us: (elapsed * 1000) / size } }
    },
  }
}

function bareLoop(size: number): Contender {
  return {
    name: 'bare loop',
    run() {
      const parent = createActor(fromTransition((state: number) => state, 0)).start()
      let completed = 0
      const start = performance.now()
      for (let index = 0; index < size; index += 1) {
        // The options' type leaves `parent` out because spawning is the usual way.
        const options = { id: String(index), parent } as { id: string }
        const actor = createActor(taskletMachine, options).start()
        // The last event leads to a final state, which stops the actor.
        for (const event of EVENTS) actor.send(event)
        if (actor.getSnapshot().value === 'completed') completed += 1
      }
      const elapsed = performance.now() - start
      if (completed !== size) throw new Error(`${completed} of ${size} actors were completed`)
      return { figures: { us: (elapsed * 1000) / size } }
    },
  }
}
