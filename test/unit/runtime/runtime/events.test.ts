import { describe, expect, it } from 'vitest'
import type { RuntimeEvent } from '../../../../src/core/events.ts'
import type { Lineage, TriggeringEvent } from '../../../../src/core/tasklet.ts'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import { memoryStore } from '../../../../src/stores/memory/store.ts'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { newTasklet } from '../../../../src/testing/store-contract/records.ts'
import { newDatabaseFile } from '../../../support/database-file.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'
import { makeRuntime, planOf, startRuntime } from '../../../support/runtimes.ts'

async function readNames(stream: AsyncIterable<RuntimeEvent>): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of stream) names.push(name)
  return names
}

/** A plan whose task goes on when it is told to. */
function makeGated() {
  const gate = Promise.withResolvers<void>()
  const plan = planOf({
    gated: async ({ progress }: TaskContext) => {
      await gate.promise
      progress(0.5)
      return 'done'
    },
    other: () => {},
  })
  return { plan, open: () => gate.resolve() }
}

describe('the events of a handle', () => {
  it('are those of its tasklet alone, up to its end', async () => {
    const { plan, open } = makeGated()
    const { runtime } = await startRuntime(plan)
    const handle = await runtime.submit('plan/gated')
    const reading = readNames(handle.events())
    await runtime.call('plan/other')
    open()
    const names = await reading
    expect(names).toContain('tasklet.progress')
    expect(names.at(-1)).toBe('tasklet.completed')
    expect(names.filter((name) => name === 'tasklet.completed')).toHaveLength(1)
  })

  it('tell of the steps that the tasklet is made of', async () => {
    const { plan, open } = makeGated()
    const settings = { actions: { wait: plan.tasks.get('gated')?.run } }
    const steps = planOf({ both: { steps: [{ id: 'a', run: 'wait' }] } }, settings)
    const { runtime } = await startRuntime(steps)
    const handle = await runtime.submit('plan/both')
    const reading = readNames(handle.events())
    open()
    expect(await reading).toEqual(expect.arrayContaining(['step.started', 'step.ended']))
  })

  it('are its end alone when it has settled already', async () => {
    const { plan } = makeGated()
    const { runtime } = await startRuntime(plan)
    const handle = await runtime.submit('plan/other')
    await handle.result()
    const events: RuntimeEvent[] = []
    for await (const event of handle.events()) events.push(event)
    const { settledAt } = (await runtime.get(handle.id)) ?? {}
    expect(events).toMatchObject([
      { name: 'tasklet.completed', at: settledAt, data: { tasklet: { id: handle.id } } },
    ])
  })

  it('end when their signal aborts, and let go of the bus', async () => {
    const { plan, open } = makeGated()
    const { runtime } = await startRuntime(plan)
    const handle = await runtime.submit('plan/gated')
    const controller = new AbortController()
    const reading = readNames(handle.events({ signal: controller.signal }))
    controller.abort()
    expect(await reading).not.toContain('tasklet.completed')
    open()
    expect(await handle.result()).toBe('done')
  })

  it('end without an end of the tasklet when the runtime stops first', async () => {
    const { plan } = makeGated()
    const { runtime } = await startRuntime(plan)
    const handle = await runtime.submit('plan/other', undefined, { delay: '1h' })
    const reading = readNames(handle.events())
    await runtime.stop()
    expect(await reading).toEqual([])
  })
})

describe('the events of a handle of one process', () => {
  it('end with the end that another process has written', async () => {
    const file = newDatabaseFile()
    const { plan, open } = makeGated()
    const here = await startRuntime(plan, { concurrency: 1 }, sqliteStore(file))
    const busy = await here.runtime.submit('plan/gated')
    const handle = await here.runtime.submit('plan/other')
    const reading = readNames(handle.events())
    const clock = new ManualClock(here.clock.now())
    const there = await startRuntime(plan, {}, sqliteStore(file), clock)
    await there.clock.advance('1s')
    await here.clock.advance('1s')
    expect(await reading).toEqual(['tasklet.completed'])
    open()
    await busy.result()
  })
})

describe('the events of a runtime', () => {
  it('are told to a stream up to the last, after which it ends', async () => {
    const { runtime } = makeRuntime(planOf({ any: () => {} }))
    const reading = readNames(runtime.events.stream('runtime.*'))
    await runtime.start()
    await runtime.stop()
    expect(await reading).toEqual(['runtime.started', 'runtime.stopped'])
  })

  it('cannot be told by somebody else', async () => {
    const { runtime } = makeRuntime(planOf({ any: () => {} }))
    expect(() => runtime.events.emit('tasklet.completed', {})).toThrow('is for the runtime to tell')
  })
})

describe('what a task emits', () => {
  const lineage: Lineage = {
    id: 'e1',
    correlationId: 'e0',
    causationId: 'e0',
    depth: 1,
    triggers: ['plan/on-order'],
  }
  const event: TriggeringEvent = { name: 'order.paid', at: 5, data: null, lineage }

  it('comes of the event that it was submitted for, as does all that is told about it', async () => {
    const plan = planOf({
      ship: ({ emit, event, progress }: TaskContext) => {
        progress(0.5)
        emit('order.shipped', { id: 7 })
        return event
      },
    })
    const store = memoryStore()
    const { runtime, events } = makeRuntime(plan, {}, store)
    await store.open()
    await store.insert([newTasklet({ id: 't', plan: 'plan', task: 'ship', event })])
    await runtime.start()
    await allDone()
    expect(await runtime.get('t')).toMatchObject({ status: 'completed', output: event })
    const expected = {
      correlationId: 'e0',
      causationId: 'e1',
      depth: 2,
      triggers: ['plan/on-order'],
    }
    for (const name of [
      'order.shipped',
      'tasklet.phase',
      'tasklet.progress',
      'tasklet.completed',
    ]) {
      expect(events.find((one) => one.name === name)?.lineage).toMatchObject(expected)
    }
  })

  it('fails it when it is not JSON', async () => {
    const plan = planOf({ ship: ({ emit }: TaskContext) => emit('order.shipped', { n: 1n }) })
    const { runtime } = await startRuntime(plan)
    await expect(runtime.call('plan/ship')).rejects.toThrow('event "order.shipped": data.n holds')
  })
})
