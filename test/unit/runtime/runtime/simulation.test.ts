import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FatalError, RetryLater } from '../../../../src/core/errors.ts'
import { isFinal } from '../../../../src/core/status.ts'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import { makeKiln } from '../../../support/kiln.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { startRuntime } from '../../../support/runtimes.ts'
import { watchedStore } from '../../../support/watched-store.ts'

type Behaviour = 'returns' | 'throws' | 'fatal' | 'later' | 'hangs' | 'deaf' | 'unstorable'
type Method = 'claim' | 'settle' | 'renew' | 'advance' | 'nextDue' | 'rescue'

interface Submitted {
  readonly task: 'free' | 'fire' | 'load' | 'door'
  readonly behaviours: readonly Behaviour[]
  readonly delay: number
  readonly priority: number
  /** Milliseconds after the submission of all; undefined: not cancelled. */
  readonly cancelAfter: number | undefined
}

const behaviour = fc.constantFrom<Behaviour>(
  'returns',
  'returns',
  'throws',
  'fatal',
  'later',
  'hangs',
  'deaf',
  'unstorable',
)

const submitted = fc.record<Submitted>({
  task: fc.constantFrom('free', 'fire', 'load', 'door'),
  behaviours: fc.array(behaviour, { maxLength: 3 }),
  delay: fc.constantFrom(0, 0, 700),
  priority: fc.constantFrom(100, 500),
  cancelAfter: fc.option(fc.integer({ min: 0, max: 5000 }), { nil: undefined, freq: 4 }),
})

interface Fault {
  readonly method: Method
  readonly times: number
}

const fault = fc.record<Fault>({
  method: fc.constantFrom<Method>('claim', 'settle', 'renew', 'advance', 'nextDue', 'rescue'),
  times: fc.integer({ min: 1, max: 3 }),
})

const SLOTS = 3

/** Runs the handlers of a kiln, each as its input says, and notes what must never happen. */
class Witness {
  readonly clock = new ManualClock()
  readonly violations: string[] = []
  readonly kiln = makeKiln({
    free: this.#watched({}),
    fire: this.#watched({ requires: 'hot' }),
    load: this.#watched({ requires: 'cold' }),
    door: this.#watched({ resources: { door: 1 } }),
  })
  readonly #running = new Map<string, TaskContext>()
  readonly #deliveries = new Map<string, number>()

  #watched(settings: { readonly requires?: string; readonly resources?: object }) {
    const retry = { attempts: 3, backoff: { type: 'fixed', delay: 500 } }
    const run = (context: TaskContext) => this.#run(context, settings.requires)
    return { timeout: 2000, retry, ...settings, run }
  }

  async #run(context: TaskContext, state: string | undefined): Promise<unknown> {
    const { taskletId: id, signal } = context
    const { behaviours } = context.input as Submitted
    const delivery = this.#deliveries.get(id) ?? 0
    this.#deliveries.set(id, delivery + 1)
    this.#lookAround(context)
    this.#running.set(id, context)
    try {
      this.#lookAt(id, state)
      const behaviour = behaviours[delivery] ?? 'returns'
      const output = await act(behaviour, signal, this.clock)
      this.#lookAt(id, state)
      return output
    } finally {
      this.#running.delete(id)
    }
  }

  #lookAround(context: TaskContext): void {
    const holdsDoor = (one: TaskContext) => (one.input as Submitted).task === 'door'
    const others = [...this.#running.values()]
    if (this.#running.has(context.taskletId)) this.violations.push('one runs twice at once')
    if (others.length >= SLOTS) this.violations.push('more run than there are slots')
    if (holdsDoor(context) && others.some(holdsDoor)) this.violations.push('two hold the door')
  }

  #lookAt(id: string, state: string | undefined): void {
    if (state === undefined || this.kiln.at === state) return
    this.violations.push(`${id} requires ${state} and finds ${this.kiln.at}`)
  }
}

async function act(behaviour: Behaviour, signal: AbortSignal, clock: ManualClock) {
  const elapsed = Promise.withResolvers<void>()
  clock.setTimer(clock.now() + 50, () => elapsed.resolve())
  await elapsed.promise
  switch (behaviour) {
    case 'returns':
      return 'output'
    case 'throws':
      throw new Error('broken')
    case 'fatal':
      throw new FatalError('never')
    case 'later':
      throw new RetryLater(300)
    case 'unstorable':
      return () => {}
    case 'hangs':
      signal.throwIfAborted()
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    case 'deaf': {
      const late = Promise.withResolvers<string>()
      clock.setTimer(clock.now() + 2500, () => late.resolve('late'))
      return late.promise
    }
  }
}

/** Submits everything, lets a long time pass, and stops. */
async function simulate(tasks: readonly Submitted[], faults: readonly Fault[], stopAt?: number) {
  const witness = new Witness()
  const { clock, kiln, violations } = witness
  const { store, fail } = watchedStore()
  // Long enough that handlers which go on for a while are waited for.
  const options = { concurrency: SLOTS, grace: 5000 }
  const first = await startRuntime(kiln.plan, options, store, clock)
  const events = [...first.events]
  first.runtime.events.on('**', (event) => events.push(event))
  const handles = await Promise.all(
    tasks.map((one) => {
      const { delay, priority } = one
      return first.runtime.submit(`kiln/${one.task}`, one, { delay, priority })
    }),
  )
  for (const { method, times } of faults) fail(method, times)
  for (const [index, { cancelAfter }] of tasks.entries()) {
    const cancel = () => void handles[index]?.cancel().catch(isClosed)
    if (cancelAfter !== undefined) clock.setTimer(clock.now() + cancelAfter, cancel)
  }
  let { runtime } = first
  if (stopAt !== undefined) {
    await clock.advance(stopAt)
    void runtime.stop({ drain: stopAt % 1000 })
    await clock.advance('1m')
    expect(runtime.status).toBe('stopped')
    // A store that fails while a runtime boots keeps it from starting, as it should.
    for (const { method } of faults) fail(method, 0)
    const second = await startRuntime(kiln.plan, options, store, clock)
    runtime = second.runtime
    runtime.events.on('**', (event) => events.push(event))
  }
  await clock.advance('10m')
  const records = await Promise.all(handles.map(({ id }) => runtime.get(id)))
  await runtime.stop()
  const unsettled = records.filter((record) => !isFinal(record?.status ?? 'blocked'))
  const count = (name: RegExp) => events.filter((event) => name.test(event.name)).length
  return { violations, unsettled, count, timers: clock.pending }
}

/** A wish to cancel may come while no runtime has the store open. */
function isClosed(error: unknown): void {
  expect(error).toMatchObject({ code: 'store_closed' })
}

describe('a runtime, whatever its tasks and its store do', () => {
  const tasks = fc.array(submitted, { minLength: 1, maxLength: 12 })
  const faults = fc.array(fault, { maxLength: 4 })

  it('ends every tasklet once, keeps every limit, and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(tasks, faults, async (tasks, faults) => {
        const { count, ...outcome } = await simulate(tasks, faults)
        expect(outcome).toEqual({ violations: [], unsettled: [], timers: 0 })
        expect(count(/^tasklet\.(completed|failed|cancelled)$/)).toBe(tasks.length)
        expect(count(/^(lease\.lost|runtime\.failed)$/)).toBe(0)
      }),
      { numRuns: 60 },
    )
  })

  it('does so too when it is stopped in the middle and another goes on', async () => {
    const stopAt = fc.integer({ min: 0, max: 4000 })
    await fc.assert(
      fc.asyncProperty(tasks, faults, stopAt, async (tasks, faults, stopAt) => {
        const { count, ...outcome } = await simulate(tasks, faults, stopAt)
        expect(outcome).toEqual({ violations: [], unsettled: [], timers: 0 })
        expect(count(/^tasklet\.(completed|failed|cancelled)$/)).toBe(tasks.length)
        expect(count(/^(lease\.lost|runtime\.failed)$/)).toBe(0)
      }),
      { numRuns: 60 },
    )
  })
})
