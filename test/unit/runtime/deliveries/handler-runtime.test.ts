import { expect, test } from 'vitest'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

const FULL_QUEUE = { queues: { narrow: { maxSize: 1 } } }

/** A handler that waits for what `ask` asks of its runtime, and tells when it has begun and ended. */
function asking(ask: (context: TaskContext) => Promise<unknown>) {
  const begun = Promise.withResolvers<void>()
  const ends: unknown[] = []
  const run = async (context: TaskContext) => {
    const asked = ask(context)
    begun.resolve()
    await asked.catch((error: unknown) => {
      ends.push(error)
      throw error
    })
  }
  return { run, begun: begun.promise, ends }
}

const NAMES = ['tasklet.abandoned', 'tasklet.cancelled']

test('A handler that waits for the output of another task gives up when it is cancelled, and that task goes on.', async () => {
  const ask = asking(({ runtime }) => runtime.call('plan/other'))
  const plan = planOf({ ask: ask.run, other: { external: true } })
  const { runtime, clock, events } = await startRuntime(plan)
  const handle = await runtime.submit('plan/ask')
  await ask.begun
  await runtime.cancel(handle.id, 'no more')
  await clock.advance('1m')
  await expect(handle.result()).rejects.toMatchObject({ kind: 'cancelled' })
  expect(ask.ends).toHaveLength(1)
  expect(events.map(({ name }) => name).filter((name) => NAMES.includes(name))).toEqual([
    'tasklet.cancelled',
  ])
  const { items } = await runtime.list({ task: 'other' })
  expect(items.map(({ status }) => status)).toEqual(['pending'])
})

test('A handler that runs out of time while it waits for another task ends with the timeout.', async () => {
  const ask = asking(({ runtime }) => runtime.call('plan/other'))
  const plan = planOf({ ask: { run: ask.run, timeout: '10s' }, other: { external: true } })
  const { runtime, clock, events } = await startRuntime(plan)
  const handle = await runtime.submit('plan/ask')
  await ask.begun
  await clock.advance('10s')
  await expect(handle.result()).rejects.toMatchObject({ kind: 'timeout' })
  expect(ask.ends).toHaveLength(1)
  expect(events.map(({ name }) => name)).not.toContain('tasklet.abandoned')
})

test('A handler that waits for room in a full queue gives up when it is cancelled, and nothing is stored.', async () => {
  const ask = asking(({ runtime }) => runtime.submit('plan/other', {}, { queue: 'narrow' }))
  const plan = planOf({ ask: ask.run, other: { external: true } })
  const { runtime, clock, events } = await startRuntime(plan, FULL_QUEUE)
  await runtime.submit('plan/other', {}, { queue: 'narrow' })
  const handle = await runtime.submit('plan/ask')
  await ask.begun
  await runtime.cancel(handle.id, 'no more')
  await clock.advance('1m')
  await expect(handle.result()).rejects.toMatchObject({ kind: 'cancelled' })
  expect(ask.ends).toHaveLength(1)
  expect(events.map(({ name }) => name)).not.toContain('tasklet.abandoned')
  expect((await runtime.list({ task: 'other' })).items).toHaveLength(1)
})

test('A signal that the handler gives with its options ends the wait as well.', async () => {
  const own = new AbortController()
  const ask = asking(({ runtime }) => runtime.call('plan/other', {}, { signal: own.signal }))
  const plan = planOf({ ask: ask.run, other: { external: true } })
  const { runtime } = await startRuntime(plan)
  const handle = await runtime.submit('plan/ask')
  await ask.begun
  own.abort(new Error('not worth the wait'))
  await expect(handle.result()).rejects.toMatchObject({ message: 'not worth the wait' })
})

test('The handler of a step gives up with the signal of its step.', async () => {
  const ask = asking(({ runtime }) => runtime.call('plan/other'))
  const steps = [{ task: 'ask' }]
  const plan = planOf({ whole: { steps }, ask: ask.run, other: { external: true } })
  const { runtime, clock, events } = await startRuntime(plan)
  const handle = await runtime.submit('plan/whole')
  await ask.begun
  await runtime.cancel(handle.id, 'no more')
  await clock.advance('1m')
  await expect(handle.result()).rejects.toMatchObject({ kind: 'cancelled' })
  expect(ask.ends).toHaveLength(1)
  expect(events.map(({ name }) => name)).not.toContain('tasklet.abandoned')
})
