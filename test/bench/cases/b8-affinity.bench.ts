import { createRuntime, definePlan, memoryStore } from '../../../src/index.ts'
import { allDone, ManualClock } from '../../support/manual-clock.ts'
import type { Benchmark, Contender, Form, Section } from '../benchmark.ts'
import type { Outcome } from '../outcome.ts'
import { seededRandom } from '../random.ts'
import type { Results } from '../results.ts'
import { formatSpread, type Spread } from '../spread.ts'
import type { Target } from '../target.ts'

const STATES = Array.from({ length: 8 }, (_, index) => `s${index}`)
const JOBS = { full: 1000, quick: 200 } as const satisfies Record<Form, number>
/** Milliseconds of simulated time. */
const MOVE = 1000
const WORK = 100
const MAX_WAIT = 30_000
const STEP = 1000
const CONCURRENCY = 8

interface Kind {
  readonly maxWait: number
  readonly concurrency: number
}

/** What a tasklet costs on average when every one is served in order, in milliseconds. */
const TAKEN_IN_ORDER = (MOVE * (STATES.length - 1)) / STATES.length + WORK
/** How much of what the world can do in order is asked of it. */
const LOADS = { half: 0.5, most: 0.9, twice: 2, fourfold: 4 } as const
const ALL_AT_ONCE = 'all at once'
/** The mean gap between two submissions, in milliseconds. */
const GROUPS: ReadonlyMap<string, number> = new Map([
  [ALL_AT_ONCE, 0],
  ...Object.values(LOADS).map((load) => [arrivals(load), TAKEN_IN_ORDER / load] as const),
])
const AFFINITY = 'affinity'
const IN_ORDER = 'first come, first served'
/** Selection that looks at age alone shares the world between what it claims at once; one at a time it cannot. */
const KINDS: Readonly<Record<string, Kind>> = {
  [AFFINITY]: { maxWait: MAX_WAIT, concurrency: CONCURRENCY },
  'by age, shared': { maxWait: 0, concurrency: CONCURRENCY },
  [IN_ORDER]: { maxWait: 0, concurrency: 1 },
}

export const benchmark: Benchmark = {
  id: 'B8',
  title: 'transitions saved by affinity',
  groups: (form) =>
    [...GROUPS].map(([name, gap]) => ({
      name,
      contenders: Object.entries(KINDS).map(([name, kind]) =>
        contender(name, kind, JOBS[form], gap),
      ),
    })),
  report,
}

function arrivals(load: number): string {
  return `arrivals, ${load} × what can be done in order`
}

function report(results: Results, form: Form): Section {
  return {
    method: [
      `${JOBS[form]} tasklets, each for one of ${STATES.length} states drawn at random, on the memory store and a simulated clock, up to ${CONCURRENCY} at a time: moving between any two states costs 1 and takes ${MOVE} ms, a tasklet ${WORK} ms. Either all are submitted at once, or at random moments, so many that they are a share or a multiple of what the world can do in order, which is one every ${TAKEN_IN_ORDER} ms. \`affinity.maxWait\` is ${MAX_WAIT} ms. First come, first served is the same run one at a time with a \`maxWait\` of 0; by age, shared, is it with ${CONCURRENCY} at a time, where what is claimed with the oldest for the same state goes with it.`,
      `**Longest wait** is the whole of it, from the submission of a tasklet to the start of its work. **Longest passed over** is what affinity adds to it: from the first start of a tasklet that was submitted later until the start of the tasklet itself.`,
      `Only work that waits can be put together. Below what can be done in order little waits, so there is little to save; beyond it, affinity is what keeps up.`,
    ],
    table: {
      columns: ['submitted', 'selection', 'transition cost', 'cost ÷ in order'].concat(
        'longest wait, ms',
        'longest passed over, ms',
      ),
      rows: [...GROUPS.keys()].flatMap((group) =>
        Object.keys(KINDS).map((kind) => [
          group,
          kind,
          formatSpread(results.spread(group, kind, 'cost')),
          formatSpread(costRatio(results, group, kind)),
          formatSpread(results.spread(group, kind, 'longest')),
          formatSpread(results.spread(group, kind, 'passedOver')),
        ]),
      ),
    },
    targets: targetsFor(results),
  }
}

function costRatio(results: Results, group: string, kind: string): Spread {
  return results.ratio([group, kind, 'cost'], [group, IN_ORDER, 'cost'])
}

function targetsFor(results: Results): Target[] {
  const within = (group: string, name: string, figure: string): Target => ({
    name: `${group}, ${name} with affinity`,
    bound: 'at most',
    limit: MAX_WAIT,
    unit: 'ms',
    measured: results.spread(group, AFFINITY, figure),
  })
  return [
    {
      name: `${ALL_AT_ONCE}, cost ÷ first come, first served`,
      bound: 'at most',
      limit: 0.2,
      unit: '×',
      measured: costRatio(results, ALL_AT_ONCE, AFFINITY),
    },
    ...[...GROUPS.keys()].flatMap((group) => [
      within(group, 'longest wait', 'longest'),
      within(group, 'longest passed over', 'passedOver'),
    ]),
  ]
}

function contender(name: string, kind: Kind, jobs: number, meanGap: number): Contender {
  return { name, run: (round) => simulate(kind, jobs, meanGap, round) }
}

async function simulate(
  { maxWait, concurrency }: Kind,
  jobs: number,
  meanGap: number,
  seed: number,
): Promise<Outcome> {
  const clock = new ManualClock()
  const random = seededRandom(seed)
  const world = createWorld(clock)
  const options = { plans: [world.plan], store: memoryStore(), concurrency, clock }
  const runtime = await createRuntime({ ...options, affinity: { maxWait } })
  await runtime.start()
  let settled = 0
  const results: Promise<unknown>[] = []
  for (let job = 0; job < jobs; job += 1) {
    const state = STATES[Math.floor(random() * STATES.length)]
    const handle = await runtime.submit(`bench/${state}`, { job, at: clock.now() })
    results.push(handle.result().finally(() => (settled += 1)))
    if (meanGap > 0) await clock.advance(Math.ceil(-Math.log(1 - random()) * meanGap))
  }
  const all = Promise.all(results)
  while (settled < jobs) await Promise.race([clock.advance(STEP), all])
  await all
  await allDone()
  await runtime.stop()
  const figures = { cost: world.moves(), longest: world.longestWait() }
  return { figures: { ...figures, passedOver: longestPassedOver(world.starts) } }
}

/** From the first start of a later one until the start of each, at most. */
function longestPassedOver(starts: readonly number[]): number {
  let longest = 0
  let firstOfLater = Number.POSITIVE_INFINITY
  for (const start of starts.toReversed()) {
    longest = Math.max(longest, start - firstOfLater)
    firstOfLater = Math.min(firstOfLater, start)
  }
  return longest
}

/** A world in which every state leads to every other. */
function createWorld(clock: ManualClock) {
  let at = STATES[0]
  let moves = 0
  let longest = 0
  const starts: number[] = []
  const pass = (ms: number) =>
    new Promise<void>((resolve) => void clock.setTimer(clock.now() + ms, resolve))
  const move = async ({ input }: { input: unknown }) => {
    await pass(MOVE)
    at = (input as { to: string }).to
    moves += 1
  }
  const work = async ({ input }: { input: unknown }) => {
    const { job, at } = input as { readonly job: number; readonly at: number }
    starts[job] = clock.now()
    longest = Math.max(longest, clock.now() - at)
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
  return { plan, moves: () => moves, longestWait: () => longest, starts }
}
