import { describe, expect, onTestFinished, test } from 'vitest'
import { FatalError, RetryLater } from '../../../../src/core/errors.ts'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import type { Journal, KeptStep } from '../../../../src/runtime/deliveries/steps.ts'
import { Executors } from '../../../../src/runtime/executors/executors.ts'
import { makeTask } from '../../../support/deliveries.ts'
import { keptLog } from '../../../support/logs.ts'
import { ManualClock } from '../../../support/manual-clock.ts'

const URL_OF_HANDLERS = new URL('../../../fixtures/workers/handlers.ts', import.meta.url).href

function makeExecutors(size = 1) {
  const clock = new ManualClock()
  const supervision = { intensity: 5, within: 60_000 }
  const executors = new Executors({
    workers: { sync: size, cpu: size },
    clock,
    grace: 5000,
    supervision,
  })
  onTestFinished(() => executors.close())
  return { executors, clock }
}

function taskOf(mode: 'sync' | 'cpu', name: string, memory?: number) {
  return makeTask({ mode, module: { url: URL_OF_HANDLERS, name }, memory })
}

function contextOf(changes: Partial<TaskContext> = {}): TaskContext {
  return {
    input: undefined,
    signal: new AbortController().signal,
    log: keptLog(),
    progress: () => {},
    emit: () => {},
    attempt: 2,
    taskletId: 'id',
    idempotencyKey: 'key',
    plan: { name: 'plan', folder: '/plan' },
    initialContext: undefined,
    dependencies: {},
    event: undefined,
    step: (_, work) => Promise.resolve(work()),
    checkpoint: () => Promise.resolve(),
    runtime: { submit: () => Promise.reject(), call: () => Promise.reject() },
    ...changes,
  }
}

/** Resolves when the handler says that it is at work. */
function startedLog() {
  const started = Promise.withResolvers<void>()
  const log = { ...keptLog(), info: () => started.resolve() }
  return { log, started: started.promise }
}

function memoryJournal(kept = new Map<string, unknown>()) {
  const journal: Journal = {
    find: async (name): Promise<KeptStep | undefined> =>
      kept.has(name) ? { output: kept.get(name) } : undefined,
    keep: async (name, output) => void kept.set(name, output),
  }
  return { kept, journal: () => journal }
}

const { journal } = memoryJournal()

test('A task in mode async runs in the event loop, and its output is not even a promise.', () => {
  const { executors } = makeExecutors()
  expect(executors.run(makeTask({ run: () => 1 }), contextOf(), journal)).toBe(1)
})

test('A thread is another thread of this process, and a process another process.', async () => {
  const { executors } = makeExecutors()
  const thread = await executors.runSeated(taskOf('sync', 'whereabouts'), contextOf(), journal)
  expect(thread).toMatchObject({ pid: process.pid, isMainThread: false })
  const child = await executors.runSeated(taskOf('cpu', 'whereabouts', 100), contextOf(), journal)
  expect(child).toMatchObject({ isMainThread: true })
  expect(child).not.toMatchObject({ pid: process.pid })
  expect(child).toHaveProperty('flags', expect.arrayContaining(['--max-old-space-size=100']))
})

describe.each(['sync', 'cpu'] as const)('In mode %s', (mode) => {
  test('a handler is given the context that it would have in the event loop.', async () => {
    const { executors } = makeExecutors()
    const given = {
      input: { big: 12n, when: new Date(0), tags: new Set(['a']) },
      initialContext: { a: 1 },
      dependencies: { before: { status: 'completed' as const, output: 1, error: undefined } },
      event: { name: 'door.opened', at: 5, data: { by: 'cat' } },
    }
    const seen = await executors.runSeated(taskOf(mode, 'contextOf'), contextOf(given), journal)
    expect(seen).toEqual({
      ...given,
      attempt: 2,
      taskletId: 'id',
      idempotencyKey: 'key',
      plan: { name: 'plan', folder: '/plan' },
    })
  })

  test('log and progress reach this process before the output does.', async () => {
    const { executors } = makeExecutors()
    const heard: unknown[] = []
    const log = { ...keptLog(), info: (...line: unknown[]) => void heard.push(line) }
    const progress = (...given: unknown[]) => void heard.push(given)
    await executors.runSeated(taskOf(mode, 'report'), contextOf({ log, progress }), journal)
    expect(heard).toEqual([
      ['half of it', { share: 0.5, odd: '() => 1' }],
      [0.5, 'half'],
    ])
  })

  test('steps are kept by the journal of this process, each name once.', async () => {
    const { executors } = makeExecutors()
    const { kept, journal } = memoryJournal(new Map([['two', 'kept before']]))
    const output = await executors.runSeated(taskOf(mode, 'steps'), contextOf(), journal)
    expect(output).toEqual([{ at: 'worker' }, { at: 'worker' }, 'kept before'])
    expect(kept.get('one')).toEqual({ at: 'worker' })
  })

  test('a checkpoint waits for this process.', async () => {
    const { executors } = makeExecutors()
    const resumed = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    const checkpoint = () => {
      reached.resolve()
      return resumed.promise
    }
    const running = executors.runSeated(
      taskOf(mode, 'checkpoints'),
      contextOf({ checkpoint }),
      journal,
    )
    await reached.promise
    resumed.resolve()
    expect(await running).toBe('went on')
  })

  test('an error keeps what its settlement depends on.', async () => {
    const { executors } = makeExecutors()
    const run = (input?: string) =>
      executors.runSeated(taskOf(mode, 'fails'), contextOf({ input }), journal)
    await expect(run('fatal')).rejects.toBeInstanceOf(FatalError)
    await expect(run('later')).rejects.toBeInstanceOf(RetryLater)
    await expect(run('later')).rejects.toMatchObject({ after: '5m', message: 'not yet' })
    await expect(run()).rejects.toMatchObject({
      name: 'Odd',
      message: 'out of range',
      classes: expect.arrayContaining(['RangeError', 'Error']),
      stack: expect.stringContaining('handlers.ts'),
      cause: expect.objectContaining({ message: 'the root' }),
    })
  })

  test('an output that cannot cross fails the handler, not the worker.', async () => {
    const { executors } = makeExecutors()
    const running = executors.runSeated(taskOf(mode, 'returnsFunction'), contextOf(), journal)
    await expect(running).rejects.toThrow('could not be cloned')
  })

  test('the runtime refuses with what to do instead.', async () => {
    const { executors } = makeExecutors()
    const running = executors.runSeated(taskOf(mode, 'submits'), contextOf(), journal)
    await expect(running).rejects.toThrow('Give the task mode "async"')
  })

  test('a handler that heeds its signal ends by itself, and its worker stays.', async () => {
    const { executors } = makeExecutors()
    const before = await executors.runSeated(taskOf(mode, 'whereabouts'), contextOf(), journal)
    const { log, started } = startedLog()
    const controller = new AbortController()
    const context = contextOf({ log, signal: controller.signal })
    const running = executors.runSeated(taskOf(mode, 'heedful'), context, journal)
    await started
    controller.abort(new DOMException('enough', 'AbortError'))
    await expect(running).rejects.toMatchObject({ name: 'AbortError', message: 'enough' })
    expect(await executors.runSeated(taskOf(mode, 'whereabouts'), contextOf(), journal)).toEqual(
      before,
    )
  })

  test('a handler that ignores its signal is killed after the grace, and replaced.', async () => {
    const { executors, clock } = makeExecutors()
    const { log, started } = startedLog()
    const controller = new AbortController()
    const context = contextOf({ log, signal: controller.signal })
    const running = executors.runSeated(taskOf(mode, 'deaf'), context, journal)
    const next = executors.runSeated(taskOf(mode, 'whereabouts'), contextOf(), journal)
    let ended = false
    running.catch(() => {
      ended = true
    })
    await started
    controller.abort(new DOMException('enough', 'TimeoutError'))
    await clock.advance(4999)
    expect(ended).toBe(false)
    await clock.advance(1)
    await expect(running).rejects.toMatchObject({ name: 'TimeoutError', message: 'enough' })
    expect(await next).toHaveProperty('pid')
  })

  test('a worker that ends itself fails the run and is replaced.', async () => {
    const { executors } = makeExecutors()
    const running = executors.runSeated(taskOf(mode, 'exits'), contextOf(), journal)
    await expect(running).rejects.toThrow(/the worker (thread|process) died while the task ran/)
    expect(
      await executors.runSeated(taskOf(mode, 'whereabouts'), contextOf(), journal),
    ).toBeDefined()
  })

  test('a worker that runs out of its memory takes nobody else with it.', async () => {
    const { executors } = makeExecutors()
    const running = executors.runSeated(taskOf(mode, 'devours', 40), contextOf(), journal)
    await expect(running).rejects.toThrow('died while the task ran')
    expect(
      await executors.runSeated(taskOf(mode, 'whereabouts'), contextOf(), journal),
    ).toBeDefined()
  })

  test('who waits for a worker can be told to stop waiting.', async () => {
    const { executors } = makeExecutors()
    const { log, started } = startedLog()
    const [first, second] = [new AbortController(), new AbortController()]
    const task = taskOf(mode, 'heedful')
    const running = executors.runSeated(task, contextOf({ log, signal: first.signal }), journal)
    const waiting = executors.runSeated(task, contextOf({ signal: second.signal }), journal)
    await started
    second.abort(new Error('no longer'))
    await expect(waiting).rejects.toThrow('no longer')
    first.abort(new DOMException('enough', 'AbortError'))
    await expect(running).rejects.toThrow('enough')
  })
})

test('When more than five workers died within a minute, none is started for a while.', async () => {
  const { executors, clock } = makeExecutors()
  const run = (name: string) => executors.runSeated(taskOf('sync', name), contextOf(), journal)
  for (let death = 0; death < 6; death += 1) await expect(run('exits')).rejects.toThrow('died')
  await expect(run('whereabouts')).rejects.toMatchObject({ code: 'workers_unwell' })
  await clock.advance('1m')
  expect(await run('whereabouts')).toBeDefined()
})
