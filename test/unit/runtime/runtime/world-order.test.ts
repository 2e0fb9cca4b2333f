import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import { wait } from '../../../../src/runtime/wait.ts'
import { makeKiln } from '../../../support/kiln.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { startRuntime } from '../../../support/runtimes.ts'

interface Job {
  readonly task: 'fire' | 'load' | 'dry' | 'look'
  readonly delay: number
  readonly duration: number
  readonly priority: number
}

interface Line {
  readonly what: 'begin' | 'end'
  readonly name: string
  readonly at: string
}

const STATES = { fire: 'hot', load: 'cold', dry: 'warm' } as const

/** A kiln whose transitions and tasks take simulated time and note where it is meanwhile. */
function makeSlowKiln(clock: ManualClock) {
  const lines: Line[] = []
  const note = (what: Line['what'], name: string) => lines.push({ what, name, at: kiln.at })
  const run =
    (name: string) =>
    async ({ input, signal }: TaskContext) => {
      note('begin', name)
      await wait(clock, Number(input), signal)
      note('end', name)
    }
  const work = Object.entries(STATES).map(([name, requires]) => [
    name,
    { requires, run: run(name) },
  ])
  const kiln = makeKiln({ ...Object.fromEntries(work), look: run('look') })
  const ways = { warm: 'warm', blast: 'hot', heat: 'hot', rest: 'cold', cool: 'cold' }
  for (const [name, to] of Object.entries(ways)) {
    kiln.doings[name] = async ({ signal }) => {
      note('begin', name)
      kiln.at = 'between'
      await wait(clock, 300, signal)
      kiln.at = to
      note('end', name)
    }
  }
  return { kiln, lines }
}

/** What the log shows that must not be. */
function faultsIn(lines: readonly Line[]): readonly string[] {
  const inside: string[] = []
  return lines.flatMap(({ what, name, at }, index) => {
    const state: string | undefined = STATES[name as keyof typeof STATES]
    const faults: string[] = []
    if (name === 'look') return faults
    if (what === 'end') inside.splice(inside.indexOf(name), 1)
    const others = inside.filter((other) => other !== name)
    if (state !== undefined && at !== state) faults.push(`${index}: ${name} ${what} in ${at}`)
    if (others.length > 0) faults.push(`${index}: ${name} ${what} beside ${others}`)
    if (state === undefined && inside.includes(name)) faults.push(`${index}: ${name} twice at once`)
    if (what === 'begin') inside.push(name)
    return faults
  })
}

const job: fc.Arbitrary<Job> = fc.record({
  task: fc.constantFrom('fire', 'load', 'dry', 'look'),
  delay: fc.integer({ min: 0, max: 3000 }),
  duration: fc.integer({ min: 0, max: 1500 }),
  priority: fc.constantFrom(100, 500),
})

it('tasks that want different states never meet, nor does a transition meet any of them', async () => {
  const property = fc.asyncProperty(
    fc.array(job, { minLength: 2, maxLength: 24 }),
    async (jobs) => {
      const clock = new ManualClock()
      const { kiln, lines } = makeSlowKiln(clock)
      const { runtime } = await startRuntime(kiln.plan, { concurrency: 8 }, undefined, clock)
      for (const { task, duration, delay, priority } of jobs) {
        await runtime.submit(`kiln/${task}`, duration, { delay, priority })
      }
      await clock.advance('5m')
      expect(await runtime.counts()).toMatchObject({ completed: jobs.length })
      expect(faultsIn(lines)).toEqual([])
      const runs = lines.filter(
        ({ name, what }) => what === 'end' && jobs.some(({ task }) => task === name),
      )
      expect(runs).toHaveLength(jobs.length)
      await runtime.stop()
    },
  )
  await fc.assert(property, { numRuns: 25 })
})
