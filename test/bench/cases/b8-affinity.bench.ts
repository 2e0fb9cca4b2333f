import { createRuntime, definePlan, memoryStore } from '../../../src/index.ts'
import { allDone, ManualClock } from '../../support/manual-clock.ts'
import type { Benchmark, Contender, Form } from '../benchmark.ts'
import type { Outcome } from '../outcome.ts'
import { seededRandom } from '../random.ts'
import { formatSpread } from '../spread.ts'

const STATES = Array.from({ length: 8 }, (_, index) => `s${index}`)
const JOBS = { full: 1000, quick: 200 } as const satisfies Record<Form, number>
/** Milliseconds of simulated time. */
const MOVE = 1000
const WORK = 100
const MAX_WAIT = 30_000
const MEAN_GAP = 2000
const STEP = 1000

const GROUPS = { burst: 'all at once', arrivals: 'random arrivals' } as const
const KINDS = { affinity: MAX_WAIT, 'first come, first served': 0 } as const

export const benchmark: Benchmark = {
  id: 'B8',
  title: 'transitions saved by affinity',
  groups: (form) =>
    Object.values(GROUPS).map((name) => ({
      name,
      contenders: Object.entries(KINDS).map(([kind, maxWait]) =>
        contender(kind, maxWait, JOBS[form], name === GROUPS.burst ? 0 : MEAN_GAP),
      ),
    })),
  report: (results, form) => {
    const ratio = (group: string) =>
      results.ratio([group, 'affinity', 'cost'], [group, 'first come, first served', 'cost'])
    const longest = results.spread(GROUPS.arrivals, 'affinity', 'longest')
    return {
      method: [
        `${JOBS[form]} tasklets, each for one of ${STATES.length} states drawn at random, on the memory store and a simulated clock: moving between any two states costs 1 and takes ${MOVE} ms, a tasklet ${WORK} ms. Either all are submitted at once, or one every ${MEAN_GAP} ms on average, which is less than the world can do in order. First come, first served is the same run with \`affinity.maxWait\` 0; otherwise it is ${MAX_WAIT} ms.`,
      ],
      table: {
        columns: ['submitted', 'selection', 'transition cost', 'longest wait, ms'],
        rows: Object.values(GROUPS).flatMap((group) =>
          Object.keys(KINDS).map((kind) => [
            group,
            kind,
            formatSpread(results.spread(group, kind, 'cost')),
            formatSpread(results.spread(group, kind, 'longest')),
          ]),
        ),
      },
      targets: [
        {
          name: `${GROUPS.burst}, cost ÷ first come, first served`,
          bound: 'at most',
          limit: 0.2,
          unit: '×',
          measured: ratio(GROUPS.burst),
        },
        {
          name: `${GROUPS.arrivals}, longest wait`,
          bound: 'at most',
          limit: MAX_WAIT,
          unit: 'ms',
          measured: longest,
        },
      ],
    }
  },
}

function contender(name: string, maxWait: number, jobs: number, meanGap: number): Contender {
  return { name, run: (round) => simulate(maxWait, jobs, meanGap, round) }
}

async function simulate(
  maxWait: number,
  jobs: number,
  meanGap: number,
  seed: number,
): Promise<Outcome> {
  const clock = new ManualClock()
  const random = seededRandom(seed)
  const world = createWorld(clock)
  const options = { plans: [world.plan], store: memoryStore(), concurrency: 8, clock }
  const runtime = await createRuntime({ ...options, affinity: { maxWait } })
  await runtime.start()
  let settled = 0
  const results: Promise<unknown>[] = []
  for (let job = 0; job < jobs; job += 1) {
    const state = STATES[Math.floor(random() * STATES.length)]
    const handle = await runtime.submit(`bench/${state}`, { at: clock.now() })
    results.push(handle.result().finally(() => (settled += 1)))
    if (meanGap > 0) await clock.advance(Math.ceil(-Math.log(1 - random()) * meanGap))
  }
  const all = Promise.all(results)
  while (settled < jobs) await Promise.race([clock.advance(STEP), all])
  await all
  await allDone()
  await runtime.stop()
  return { figures: { cost: world.moves(), longest: world.longestWait() } }
}

/** A world in which every state leads to every other. */
function createWorld(clock: ManualClock) {
  let at = STATES[0]
  let moves = 0
  let longest = 0
  const pass = (ms: number) =>
    new Promise<void>((resolve) => void clock.setTimer(clock.now() + ms, resolve))
  const move = async ({ input }: { input: unknown }) => {
    await pass(MOVE)
    at = (input as { to: string }).to
    moves += 1
  }
  const work = async ({ input }: { input: unknown }) => {
    longest = Math.max(longest, clock.now() - (input as { at: number }).at)
    await pass(WORK)
  }
  const edges = (from: string) =>
    STATES.filter((to) => to !== from).map((to) => {
      return [`GO_${to}`, { target: to, meta: { task: 'move', with: { to } } }] as const
    })
  const states = STATES.map((state) => {
    return [state, { meta: { check: state }, on: Object.fromEntries(edges(state)) }] as const
  })
  const tasks = STATES.map((state) => [state, { requires: state, run: work }] as const)
  const definition = {
    name: 'bench',
    machine: { id: 'bench', initial: 's0', states: Object.fromEntries(states) },
    checks: Object.fromEntries(STATES.map((state) => [state, () => at === state])),
    tasks: { move, ...Object.fromEntries(tasks) },
  }
  // The definition is made as data, which the types of definePlan cannot follow.
  const plan = definePlan(definition as unknown as Parameters<typeof definePlan>[0])
  return { plan, moves: () => moves, longestWait: () => longest }
}
