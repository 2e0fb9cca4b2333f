import { expect, onTestFinished, test } from 'vitest'
import { NEVER } from '../../../../src/core/duration.ts'
import type { RuntimeEvent } from '../../../../src/core/events.ts'
import { createIdSource } from '../../../../src/core/id.ts'
import type { Store } from '../../../../src/ports/store.ts'
import { EventBus } from '../../../../src/runtime/events/event-bus.ts'
import { Mailbox, postMail } from '../../../../src/runtime/waits/mailbox.ts'
import { Waits } from '../../../../src/runtime/waits/waits.ts'
import { memoryStore } from '../../../../src/stores/memory/store.ts'
import { settlementOf, startNew } from '../../../../src/testing/store-contract/records.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { watchedStore } from '../../../support/watched-store.ts'

const clock = new ManualClock()
const newId = createIdSource(() => clock.now())

/** What one process has. */
async function makeMailbox(store: Store = memoryStore()) {
  await store.open()
  const errors: string[] = []
  const heard: RuntimeEvent[] = []
  const woken: string[] = []
  const report = (error: unknown) => errors.push((error as Error).message)
  const bus = new EventBus(clock, report)
  bus.on('**', (event) => heard.push(event))
  const failing = { failed: report, storeFailed: (_: string, error: unknown) => report(error) }
  const waits = new Waits({
    ...failing,
    store,
    clock,
    bus,
    changed: (tasklets) => woken.push(...tasklets.map(({ id }) => id)),
  })
  const mailbox = new Mailbox({ ...failing, store, bus, waits })
  onTestFinished(async () => {
    await mailbox.close()
    await waits.stop()
  })
  return { store, mailbox, waits, heard, errors, woken }
}

function post(store: Store, name: string, data?: unknown) {
  return postMail(store, newId(), { name, data, at: clock.now() })
}

function namesOf(events: readonly RuntimeEvent[]) {
  return events.map(({ name, data }) => [name, data])
}

test('events from outside are told on the bus in their order, once', async () => {
  const { store, mailbox, heard } = await makeMailbox()
  for (const data of [1, 2, 3]) await post(store, 'stock.changed', data)
  mailbox.open()
  await mailbox.take()
  await mailbox.take()
  expect(namesOf(heard)).toEqual([1, 2, 3].map((data) => ['stock.changed', data]))
  expect(await store.facts('event')).toEqual([])
})

test('nothing is delivered before everybody listens, nor after the end', async () => {
  const { store, mailbox, heard } = await makeMailbox()
  await post(store, 'early')
  await mailbox.take()
  expect(heard).toEqual([])
  mailbox.open()
  await mailbox.take()
  expect(namesOf(heard)).toEqual([['early', undefined]])
  await mailbox.close()
  await post(store, 'late')
  await mailbox.take()
  expect(heard).toHaveLength(1)
  expect(await store.facts('event')).toHaveLength(1)
})

test('of two processes on a store one tells the event', async () => {
  const one = await makeMailbox()
  const two = await makeMailbox(one.store)
  one.mailbox.open()
  two.mailbox.open()
  for (const data of [1, 2, 3, 4]) await post(one.store, 'stock.changed', data)
  await Promise.all([one.mailbox.take(), two.mailbox.take()])
  const told = [...one.heard, ...two.heard].map(({ data }) => data)
  expect(told.sort()).toEqual([1, 2, 3, 4])
})

test('a wait that another process has opened gets the event', async () => {
  const one = await makeMailbox()
  const two = await makeMailbox(one.store)
  const started = await startNew(one.store)
  const wait = { taskletId: started.id, key: 'a', pattern: 'go', where: undefined, scope: {} }
  await one.waits.open(wait)
  const passivation = { status: 'scheduled', notBefore: NEVER } as const
  await one.store.settle([settlementOf(started, passivation)])
  two.mailbox.open()
  await post(two.store, 'go', 7)
  await two.mailbox.take()
  expect(two.woken).toEqual([started.id])
  await one.waits.refresh()
  expect((await one.waits.open(wait)).event).toMatchObject({ name: 'go', data: 7 })
})

test('an event that ended one wait does not end the next one of its tasklet', async () => {
  const { store, mailbox, waits } = await makeMailbox()
  const { id: taskletId } = await startNew(store)
  const wait = { taskletId, key: 'a', pattern: 'go', where: undefined, scope: {} }
  await waits.open(wait)
  const next = Promise.withResolvers<unknown>()
  waits.onArrival(taskletId, () => next.resolve(waits.open({ ...wait, key: 'b' })))
  mailbox.open()
  await post(store, 'go')
  await mailbox.take()
  await next.promise
  expect((await waits.open(wait)).event).toMatchObject({ name: 'go' })
  expect(await waits.open({ ...wait, key: 'b' })).toEqual({ event: undefined })
})

test('an event stays in the store until those who wait for it have it', async () => {
  const watched = watchedStore()
  const { store, mailbox, waits, heard, errors } = await makeMailbox(watched.store)
  const { id: taskletId } = await startNew(store)
  const wait = { taskletId, key: 'a', pattern: 'go', where: undefined, scope: {} }
  await waits.open(wait)
  await post(store, 'go')
  watched.fail('writeFact', 1)
  mailbox.open()
  const taken = mailbox.take()
  await clock.advance('2s')
  await taken
  expect(errors).toHaveLength(1)
  expect((await waits.open(wait)).event).toMatchObject({ name: 'go' })
  expect(heard.filter(({ name }) => name === 'go')).toHaveLength(1)
})

test.each(['tasklet.completed', 'a.*', 'a..b', ''])('"%s" cannot be posted', async (name) => {
  const { store } = await makeMailbox()
  await expect(post(store, name)).rejects.toMatchObject({ code: 'invalid_input' })
})

test('what is no event is thrown away, and said', async () => {
  const { store, mailbox, heard, errors } = await makeMailbox()
  const bad = { name: 'runtime.failed', data: 1, at: 0 }
  await store.writeFact({ kind: 'event', key: 'a', value: bad, version: 0 })
  mailbox.open()
  await mailbox.take()
  expect(heard).toEqual([])
  expect(errors).toEqual([expect.stringContaining('is no event')])
  expect(await store.facts('event')).toEqual([])
})
