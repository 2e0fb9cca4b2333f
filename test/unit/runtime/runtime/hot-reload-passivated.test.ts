import { describe, expect, it, vi } from 'vitest'
import { definePlan } from '../../../../src/plan/define.ts'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import type { Plan } from '../../../../src/plan/model.ts'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { newDatabaseFile } from '../../../support/database-file.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'
import { STORES } from '../../../support/stores.ts'

const STEPS = [
  { id: 'first', run: 'first' },
  { id: 'go', waitFor: 'go' },
  { id: 'last', run: 'last' },
]
const OUTPUT = '${{ steps.first.output + " " + steps.last.output }}'

/** A version of the plan whose job begins, waits for `go` and ends; its handlers say its name. */
function declare(version: string, job: object = {}, tasks: object = {}) {
  return {
    description: version,
    actions: { first: () => `first ${version}`, last: () => `last ${version}` },
    tasks: { job: { steps: STEPS, output: OUTPUT, ...job }, ...tasks },
  }
}

function versionOf(...given: Parameters<typeof declare>): Plan {
  const { tasks, ...settings } = declare(...given)
  return planOf(tasks, settings)
}

function definitionOf(...given: Parameters<typeof declare>) {
  return definePlan({ name: 'plan', ...declare(...given) } as Parameters<typeof definePlan>[0])
}

type Started = Awaited<ReturnType<typeof startRuntime>>

/** Resolves with the next event of the name. */
function next({ runtime }: Pick<Started, 'runtime'>, name: string): Promise<unknown> {
  return new Promise((resolve) => runtime.events.once(name, resolve))
}

/** A job that sleeps until `go`. */
async function sleeping(started: Started) {
  const asleep = next(started, 'tasklet.scheduled')
  const job = await started.runtime.submit('plan/job')
  await asleep
  return job
}

const retired = ({ events }: Pick<Started, 'events'>) =>
  events.filter(({ name }) => name === 'plan.retired').length

describe.each(STORES)('On the %s store a run that was passivated', (_, makeStore) => {
  it('goes on with the version that it began with, which is retired when it ends.', async () => {
    const started = await startRuntime(versionOf('one'), {}, makeStore())
    const { runtime } = started
    const job = await sleeping(started)
    await runtime.reload(definitionOf('two'))
    await runtime.reload(
      definitionOf('three', { steps: [{ id: 'last', run: 'last' }], output: 'none' }),
    )
    expect(retired(started)).toBe(1)
    runtime.events.emit('go')
    expect(await job.result()).toBe('first one last one')
    await allDone()
    expect(retired(started)).toBe(2)
  })

  it('goes on although its task is gone.', async () => {
    const started = await startRuntime(versionOf('one'), {}, makeStore())
    const job = await sleeping(started)
    await started.runtime.reload(definePlan({ name: 'plan', tasks: { other: () => 1 } }))
    started.runtime.events.emit('go')
    expect(await job.result()).toBe('first one last one')
  })

  it('holds its version no longer once it is cancelled.', async () => {
    const started = await startRuntime(versionOf('one'), {}, makeStore())
    const job = await sleeping(started)
    await started.runtime.reload(definitionOf('two'))
    expect(retired(started)).toBe(0)
    await started.runtime.cancel(job.id)
    expect(retired(started)).toBe(1)
  })

  it('may sleep again and again.', async () => {
    const steps = [...STEPS.slice(0, 2), { sleep: '1h' }, STEPS[2]]
    const started = await startRuntime(versionOf('one', { steps }), {}, makeStore())
    const job = await sleeping(started)
    await started.runtime.reload(definitionOf('two'))
    const again = next(started, 'tasklet.scheduled')
    started.runtime.events.emit('go')
    await again
    expect(retired(started)).toBe(0)
    await started.clock.advance('1h')
    expect(await job.result()).toBe('first one last one')
    expect(retired(started)).toBe(1)
  })

  it('keeps it when an interrupt sends it back to its queue.', async () => {
    const rule = { alarm: { on: 'alarm', run: 'answer', victims: 'requeue' } }
    const last = vi.fn(() => 'last one')
    const begun = Promise.withResolvers<void>()
    last.mockImplementationOnce((({ signal }: TaskContext) => {
      begun.resolve()
      return new Promise((_, reject) => signal.addEventListener('abort', reject))
    }) as never)
    const answering = Promise.withResolvers<void>()
    const { tasks, actions } = declare('one', {}, { answer: () => answering.promise })
    const plan = planOf(tasks, { actions: { ...actions, last }, interrupts: rule })
    const started = await startRuntime(plan, {}, makeStore())
    const { runtime } = started
    const job = await sleeping(started)
    runtime.events.emit('go')
    await begun.promise
    const sentBack = next(started, 'tasklet.pending')
    runtime.events.emit('alarm')
    await sentBack
    await runtime.reload(definitionOf('two'))
    answering.resolve()
    expect(await job.result()).toBe('first one last one')
    expect((await runtime.get(job.id))?.interruptions).toBe(1)
    expect(last).toHaveBeenCalledTimes(2)
  })

  it('moves the world with the machine of its version when it goes on.', async () => {
    const site = { at: 'closed', moves: [] as string[] }
    const versionWith = (version: string, open: string) => {
      const move = (to: string) => () => {
        site.at = to
        site.moves.push(`${version} ${to}`)
      }
      const isAt = (place: string) => () => site.at === place
      const edge = (target: string, task: string) => ({ MOVE: { target, meta: { task } } })
      const machine = {
        id: 'gate',
        initial: 'closed',
        states: {
          closed: { meta: { check: 'isClosed' }, on: edge(open, 'open') },
          [open]: { meta: { check: 'isOpen' }, on: edge('closed', 'close') },
        },
      }
      const { tasks, actions } = declare(
        version,
        { requires: open },
        { open: move('open'), close: move('closed') },
      )
      const checks = { isClosed: isAt('closed'), isOpen: isAt('open') }
      return { tasks, machine, actions, checks }
    }
    const { tasks, ...settings } = versionWith('one', 'open')
    const started = await startRuntime(planOf(tasks, settings), {}, makeStore())
    const { runtime } = started
    const job = await sleeping(started)
    site.at = 'closed'
    const other = { name: 'plan', ...versionWith('two', 'wide') }
    const [report] = await runtime.reload(definePlan(other as Parameters<typeof definePlan>[0]))
    expect(report).toMatchObject({ changed: true, diagnostics: [] })
    await runtime.plan('plan').state()
    runtime.events.emit('go')
    expect(await job.result()).toBe('first one last one')
    expect(site.moves).toEqual(['one open', 'one open'])
  })

  it('begins its next attempt with the current version.', async () => {
    const retry = { attempts: 2, backoff: { type: 'fixed', delay: 1000 } }
    const steps = [...STEPS.slice(0, 2), { run: 'fail' }]
    const { tasks, actions } = declare('one', { steps, retry, output: undefined })
    const fail = () => Promise.reject(new Error('no'))
    const plan = planOf(tasks, { actions: { ...actions, fail } })
    const started = await startRuntime(plan, {}, makeStore())
    const job = await sleeping(started)
    await started.runtime.reload(definitionOf('two'))
    const failed = next(started, 'tasklet.retrying')
    started.runtime.events.emit('go')
    await failed
    expect(retired(started)).toBe(1)
    const asleep = next(started, 'tasklet.scheduled')
    await started.clock.advance('1s')
    await asleep
    started.runtime.events.emit('go')
    expect(await job.result()).toBe('first two last two')
  })
})

describe('A run that was passivated by a process which is gone', () => {
  async function restart(other: Plan) {
    const [file, clock] = [newDatabaseFile(), new ManualClock()]
    const first = await startRuntime(versionOf('one'), {}, sqliteStore(file), clock)
    const { id } = await sleeping(first)
    const stopping = first.runtime.stop()
    await clock.advance('1m')
    await stopping
    const { runtime } = await startRuntime(other, {}, sqliteStore(file), clock)
    const ended = new Promise((resolve) => {
      for (const name of ['completed', 'failed']) runtime.events.once(`tasklet.${name}`, resolve)
    })
    runtime.events.emit('go')
    await ended
    return runtime.get(id)
  }

  it('goes on with another version in which its steps mean the same, whatever else has changed.', async () => {
    const steps = [
      { ...STEPS[0], retry: { attempts: 3 }, timeout: '1m' },
      { id: 'go', waitFor: { event: 'go', timeout: '9h' } },
      { run: 'last' },
      STEPS[2],
    ]
    const output = '${{ steps.first.output + ", " + steps.last.output }}'
    expect(await restart(versionOf('two', { steps, output }))).toMatchObject({
      status: 'completed',
      output: 'first one, last two',
    })
  })

  it.each([
    ['a finished step is gone', STEPS.slice(1), 'step "first"'],
    [
      'a finished step does something else',
      [{ id: 'first', run: 'last' }, ...STEPS.slice(1)],
      'step "first"',
    ],
    [
      'it would wait for another event',
      [STEPS[0], { id: 'go', waitFor: 'come' }, STEPS[2]],
      'step "go"',
    ],
  ])('fails when %s.', async (_, steps, said) => {
    const record = await restart(versionOf('two', { steps, output: 'none' }))
    expect(record).toMatchObject({ status: 'failed', error: { kind: 'missing-task' } })
    expect(record?.error?.message).toContain(said)
  })

  it('fails when its task has no steps any more.', async () => {
    const tasks = { job: () => 'anew' }
    const record = await restart(planOf(tasks))
    expect(record).toMatchObject({ status: 'failed', error: { kind: 'missing-task' } })
    expect(record?.error?.message).toContain('no steps')
  })
})
