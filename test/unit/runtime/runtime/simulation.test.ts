import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FatalError, RetryLater } from '../../../../src/core/errors.ts'
import { isFinal } from '../../../../src/core/status.ts'
import type { TaskContext } from '../../../../src/plan/model.ts'
import { makeKiln } from '../../../support/kiln.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { startRuntime } from '../../../support/runtimes.ts'
import { watchedStore } from '../../../support/watched-store.ts'

type Behaviour = 'returns' | 'throws' | 'fatal' | 'later' | 'hangs' | 'deaf' | 'unstorable'
type Method = 'claim' | 'settle' | 'renew' | 'promote' | 'nextDue' | 'rescue'

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
  method: fc.constantFrom<Method>('claim', 'settle', 'renew', 'promote', 'nextDue', 'rescue'),
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

/** Submits everything, lets a long time pass, and gives the records. */
async function simulate(tasks: readonly Submitted[], faults: readonly Fault[], witness: Witness) {
  const { clock, kiln } = witness
  const { store, fail } = watchedStore()
  // Long enough that handlers which go on for a while are waited for.
  const options = { concurrency: SLOTS, grace: 5000 }
  const { runtime, events } = await startRuntime(kiln.plan, options, store, clock)
  const handles = await Promise.all(
    tasks.map((one) => {
      const { delay, priority } = one
      return runtime.submit(`kiln/${one.task}`, one, { delay, priority })
    }),
  )
  for (const { method, times } of faults) fail(method, times)
  for (const [index, { cancelAfter }] of tasks.entries()) {
    if (cancelAfter === undefined) continue
    clock.setTimer(clock.now() + cancelAfter, () => void handles[index]?.cancel())
  }
  await clock.advance('10m')
  const records = await Promise.all(handles.map(({ id }) => runtime.get(id)))
  void runtime.stop()
  await clock.advance('1m')
  const statuses = records.map((record) => record?.status ?? 'blocked')
  return { statuses, events, status: runtime.status }
}

const FINAL = /^tasklet\.(completed|failed|cancelled)$/

describe('a runtime, whatever its tasks and its store do', () => {
  it('ends every tasklet once, keeps every limit, and leaves nothing behind', async () => {
    const tasks = fc.array(submitted, { minLength: 1, maxLength: 12 })
    const faults = fc.array(fault, { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(tasks, faults, async (tasks, faults) => {
        const witness = new Witness()
        const { statuses, events, status } = await simulate(tasks, faults, witness)
        expect(witness.violations).toEqual([])
        expect(statuses.filter((status) => !isFinal(status))).toEqual([])
        expect(events.filter(({ name }) => FINAL.test(name))).toHaveLength(tasks.length)
        expect(events.filter(({ name }) => name === 'lease.lost')).toEqual([])
        expect(status).toBe('stopped')
        expect(witness.clock.pending).toBe(0)
      }),
      { numRuns: 60 },
    )
  })
})
