import { expect, test, vi } from 'vitest'
import { setup } from 'xstate'
import { FatalError } from '../../../../src/core/errors.ts'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import { InspectedActor } from '../../../support/inspected-actor.ts'
import { startRuntime } from '../../../support/runtimes.ts'
import { parallel, planOfSteps, run, sequence, step } from '../../../support/step-programs.ts'

test('Steps run one after another as an actor below that of their tasklet, and give its output.', async () => {
  const steps = new InspectedActor('steps')
  const perform = new InspectedActor('first')
  const inspect = (event: Parameters<typeof steps.inspect>[0]) => {
    steps.inspect(event)
    perform.inspect(event)
  }
  const plan = planOfSteps({
    job: sequence(
      run('first', () => 1),
      run('second', () => 2),
    ),
  })
  const { runtime } = await startRuntime(plan, { inspect })
  const handle = await runtime.submit('plan/job')
  expect(await handle.result()).toEqual({ first: 1, second: 2 })
  expect(steps.states[0]).toBe('s0')
  expect(steps.states.at(-1)).toBe('s2')
  expect(perform.events.length).toBeGreaterThan(0)
})

test('A step is given its own input, attempt and key, and what the tasklet has.', async () => {
  let seen: TaskContext | undefined
  const first = run(
    'first',
    (context) => {
      seen = context
    },
    { input: { table: 'a' }, attempt: 2 },
  )
  const { runtime } = await startRuntime(planOfSteps({ job: sequence(first) }))
  const handle = await runtime.submit('plan/job', { folder: 'b' }, { initialContext: { c: 1 } })
  await handle.result()
  expect(seen).toMatchObject({
    input: { table: 'a' },
    attempt: 2,
    taskletId: handle.id,
    idempotencyKey: `${handle.id}:first`,
    initialContext: { c: 1 },
  })
})

test('Expressions find input, attempt and plan in the scope.', async () => {
  const scopes: unknown[] = []
  const evaluate = (scope: unknown) => {
    scopes.push(scope)
    return 0
  }
  const action = {
    kind: 'sleep',
    for: { isConstant: false, variables: new Set<string>(), evaluate },
  } as const
  const plan = planOfSteps({
    job: sequence(
      run('first', () => 1),
      step('nap', action),
    ),
  })
  const { runtime } = await startRuntime(plan)
  await (await runtime.submit('plan/job', { a: 1 })).result()
  expect(scopes).toMatchObject([
    { input: { a: 1 }, attempt: 1, plan: { name: 'plan' }, dependencies: {}, steps: { first: 1 } },
  ])
})

test('What a step throws is what its task fails with: a FatalError is not tried again.', async () => {
  const fatal = vi.fn(() => {
    throw new FatalError('no use')
  })
  const plan = planOfSteps(
    { job: sequence(run('first', fatal)) },
    { job: { retry: { attempts: 3 } } },
  )
  const { runtime } = await startRuntime(plan)
  const handle = await runtime.submit('plan/job')
  await expect(handle.result()).rejects.toThrow('no use')
  expect(fatal).toHaveBeenCalledOnce()
})

test('A task of steps is tried again as often as it may be.', async () => {
  const work = vi.fn((): unknown => 5)
  work.mockImplementationOnce(() => {
    throw new Error('not yet')
  })
  const plan = planOfSteps(
    { job: sequence(run('first', work)) },
    { job: { retry: { attempts: 3, backoff: { type: 'fixed', delay: 100 } } } },
  )
  const { runtime, clock } = await startRuntime(plan)
  const result = (await runtime.submit('plan/job')).result()
  await clock.advance('1s')
  expect(await result).toEqual({ first: 5 })
})

test('A machine that breaks fails its task, and nothing else.', async () => {
  const broken = setup({}).createMachine({
    initial: 'a',
    states: {
      a: {
        always: {
          guard: () => {
            throw new Error('broken machine')
          },
        },
      },
    },
  })
  const program = { machine: broken as never, subTasks: new Set<string>(), meanings: new Map() }
  const { runtime } = await startRuntime(planOfSteps({ job: program, good: sequence() }))
  await expect((await runtime.submit('plan/job')).result()).rejects.toThrow('broken machine')
  expect(await (await runtime.submit('plan/good')).result()).toEqual({})
})

test('A step that takes longer than its timeout ends so, after it was told to stop.', async () => {
  const slow = run(
    'slow',
    ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    { timeout: 500 },
  )
  const { runtime, clock, events } = await startRuntime(planOfSteps({ job: sequence(slow) }))
  const result = (await runtime.submit('plan/job')).result()
  const failing = expect(result).rejects.toThrow('step slow took longer than its timeout of 500 ms')
  await clock.advance('1s')
  await failing
  expect(events.filter(({ name }) => name === 'step.ended')).toMatchObject([
    { data: { key: 'slow', status: 'timedOut', duration: 500 } },
  ])
})

test('A cancelled run begins no further step, and waits until the one under way has ended.', async () => {
  const end = Promise.withResolvers<void>()
  const second = vi.fn()
  let aborted = false
  const first = run('first', async ({ signal }) => {
    signal.addEventListener('abort', () => {
      aborted = true
    })
    await end.promise
  })
  const plan = planOfSteps({ job: sequence(first, run('second', second)) })
  const { runtime, clock } = await startRuntime(plan)
  const handle = await runtime.submit('plan/job')
  const failing = expect(handle.result()).rejects.toThrow('enough')
  await clock.advance(0)
  await runtime.cancel(handle.id, 'enough')
  await clock.advance(0)
  expect(aborted).toBe(true)
  expect((await runtime.get(handle.id))?.status).toBe('running')
  end.resolve()
  await failing
  expect((await runtime.get(handle.id))?.status).toBe('cancelled')
  expect(second).not.toHaveBeenCalled()
})

test('A failure stops the steps beside it; the task fails when they have really ended.', async () => {
  const order: string[] = []
  const end = Promise.withResolvers<void>()
  const bad = run('bad', () => {
    throw new Error('bad')
  })
  const beside = run('beside', async ({ signal }) => {
    signal.addEventListener('abort', () => order.push('aborted'))
    await end.promise
    order.push('ended')
  })
  const plan = planOfSteps({ job: parallel(beside, bad) })
  const { runtime, clock, events } = await startRuntime(plan)
  const failing = expect((await runtime.submit('plan/job')).result())
    .rejects.toThrow('bad')
    .then(() => order.push('failed'))
  await clock.advance(0)
  expect(order).toEqual(['aborted'])
  end.resolve()
  await failing
  expect(order).toEqual(['aborted', 'ended', 'failed'])
  const ends = events.filter(({ name }) => name === 'step.ended').map(({ data }) => data)
  expect(ends).toMatchObject([
    { key: 'bad', status: 'failed', message: 'bad' },
    { key: 'beside', status: 'cancelled' },
  ])
})

test('An emitted event reaches those who listen on the bus.', async () => {
  const told = step('tell', { kind: 'emit', event: 'order.paid' }, { input: { id: 7 } })
  const { runtime, events } = await startRuntime(planOfSteps({ job: sequence(told) }))
  await (await runtime.submit('plan/job')).result()
  expect(events.find(({ name }) => name === 'order.paid')?.data).toEqual({ id: 7 })
})

test('What does not heed the signal is given up after its grace, and no step begins after it.', async () => {
  const done = vi.fn()
  const first = Promise.withResolvers<void>()
  const plan = planOfSteps({
    job: sequence(
      run('a', () => first.promise),
      run('b', done),
    ),
  })
  const { runtime, clock, events } = await startRuntime(plan, { grace: 1000 })
  const handle = await runtime.submit('plan/job')
  await clock.advance(0)
  const failing = expect(handle.result()).rejects.toThrow()
  await runtime.cancel(handle.id, 'stop')
  await clock.advance('2s')
  await failing
  expect(events.some(({ name }) => name === 'tasklet.abandoned')).toBe(true)
  first.resolve()
  await clock.advance(0)
  expect(done).not.toHaveBeenCalled()
})
