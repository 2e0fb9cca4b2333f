import { describe, expect, it } from 'vitest'
import type { RuntimeEvent } from '../../../../src/core/events.ts'
import { createIdSource } from '../../../../src/core/id.ts'
import type { Tasklet } from '../../../../src/core/tasklet.ts'
import type { Store } from '../../../../src/ports/store.ts'
import { postMail } from '../../../../src/runtime/waits/mailbox.ts'
import { openWaits } from '../../../../src/runtime/waits/wait-record.ts'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { newDatabaseFile } from '../../../support/database-file.ts'
import { allDone, type ManualClock } from '../../../support/manual-clock.ts'
import { startRuntime } from '../../../support/runtimes.ts'
import { planOfSteps, run, sequence, waitFor } from '../../../support/step-programs.ts'
import { STORES } from '../../../support/stores.ts'

const GIVEN = 'approval.given'

/** A process with room for one tasklet, and a task that waits for an approval. */
function startProcess(store?: Store, clock?: ManualClock) {
  const plan = planOfSteps({
    gated: sequence(waitFor('gate', GIVEN)),
    hurried: sequence(waitFor('gate', GIVEN, 60_000)),
    quick: sequence(run('work', () => 'done')),
  })
  return startRuntime(plan, { concurrency: 1 }, store, clock)
}

type Process = Awaited<ReturnType<typeof startProcess>>

/** The id of a tasklet that has fallen asleep. */
async function fallAsleep({ runtime }: Process, task = 'gated') {
  const asleep = Promise.withResolvers<void>()
  const leave = runtime.events.on('tasklet.scheduled', () => asleep.resolve())
  const handle = await runtime.submit(`plan/${task}`)
  await asleep.promise
  leave()
  return handle
}

/** Resolves when the process has told, or tells, that the tasklet is completed. */
function completed({ runtime, events }: Process, id: string): Promise<unknown> {
  const isIt = ({ name, data }: RuntimeEvent) =>
    name === 'tasklet.completed' && (data as { tasklet: Tasklet }).tasklet.id === id
  return new Promise((resolve) => {
    if (events.some(isIt)) resolve(undefined)
    else runtime.events.on('tasklet.completed', (event) => isIt(event) && resolve(undefined))
  })
}

describe.each(STORES)('a tasklet that waits for an event on the %s store', (_, makeStore) => {
  it('holds no slot, says what it waits for, and goes on with the event', async () => {
    const one = await startProcess(makeStore())
    const handle = await fallAsleep(one)
    expect(await one.runtime.call('plan/quick')).toEqual({ work: 'done' })
    expect(await one.runtime.explain(handle.id)).toEqual({
      runnable: false,
      reasons: [{ code: 'waiting', message: `waits for event ${GIVEN}`, until: undefined }],
      waits: [],
    })
    one.runtime.events.emit(GIVEN, { by: 'ann' })
    expect(await handle.result()).toMatchObject({ gate: { name: GIVEN, data: { by: 'ann' } } })
    await allDone()
    expect(await one.store.facts('wait')).toEqual([])
    expect(await one.runtime.get(handle.id)).toMatchObject({ attempts: 0, deliveries: 2 })
  })

  it('says until when it waits', async () => {
    const one = await startProcess(makeStore())
    const { id } = await fallAsleep(one, 'hurried')
    const until = one.clock.now() + 60_000
    expect((await one.runtime.explain(id)).reasons).toMatchObject([{ code: 'waiting', until }])
  })

  it('fails when its time is over, and waits no more', async () => {
    const one = await startProcess(makeStore())
    const handle = await fallAsleep(one, 'hurried')
    const ended = expect(handle.result()).rejects.toThrow('gate')
    await one.clock.advance('61s')
    await ended
    await allDone()
    expect(await one.store.facts('wait')).toEqual([])
  })

  it('leaves nothing behind when it is cancelled', async () => {
    const one = await startProcess(makeStore())
    const handle = await fallAsleep(one)
    expect(await openWaits(one.store, handle.id)).toHaveLength(1)
    await one.runtime.cancel(handle.id)
    await allDone()
    expect(await one.store.facts('wait')).toEqual([])
  })
})

describe('several processes on one database', () => {
  function openFile(file: string): Store {
    return sqliteStore(file, { pollInterval: 2 })
  }

  it('wake a tasklet by an event of a process that has not opened the wait', async () => {
    const file = newDatabaseFile()
    const one = await startProcess(openFile(file))
    const { id } = await fallAsleep(one)
    await one.runtime.stop()
    const two = await startProcess(openFile(file))
    two.runtime.events.emit(GIVEN, 7)
    await completed(two, id)
    expect(await two.runtime.get(id)).toMatchObject({ output: { gate: { data: 7 } } })
  })

  it('wake a tasklet that fell asleep in a process which is still there', async () => {
    const file = newDatabaseFile()
    const one = await startProcess(openFile(file))
    const two = await startProcess(openFile(file))
    const handle = await fallAsleep(one)
    await postMail(two.store, createIdSource(Date.now)(), {
      name: GIVEN,
      data: 7,
      at: one.clock.now(),
    })
    expect(await handle.result()).toMatchObject({ gate: { data: 7 } })
    const told = [...one.events, ...two.events].filter(({ name }) => name === GIVEN)
    expect(told).toHaveLength(1)
  })

  it('deliver what was told while none of them ran', async () => {
    const file = newDatabaseFile()
    const one = await startProcess(openFile(file))
    const { id } = await fallAsleep(one)
    await one.runtime.stop()
    const store = openFile(file)
    await store.open()
    const mail = { name: GIVEN, data: 7, at: one.clock.now() }
    await postMail(store, createIdSource(Date.now)(), mail)
    await store.close()
    const two = await startProcess(openFile(file))
    await completed(two, id)
    expect(two.events.filter(({ name }) => name === GIVEN)).toHaveLength(1)
  })
})
