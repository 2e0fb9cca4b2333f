import { describe, expect, it, vi } from 'vitest'
import { DispatchError } from '../../../../src/core/errors.ts'
import type { TopicEvent, Topics } from '../../../../src/ports/topics.ts'
import { memoryHub } from '../../../../src/topics/memory/hub.ts'
import { memoryTopics } from '../../../../src/topics/memory/topics.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'
import { sharedStore } from '../../../support/shared-store.ts'

const plan = planOf({
  work: ({ input }: { input: unknown }) => input,
  broken: {
    retry: { attempts: 2, backoff: { type: 'fixed', delay: '1s' } },
    run: () => {
      throw new Error('broken')
    },
  },
})

/** What a group hears. */
async function listen(hub: ReturnType<typeof memoryHub>, group: string, pattern?: string) {
  const heard: TopicEvent[] = []
  const topics = memoryTopics(hub)
  await topics.open()
  await topics.subscribe({ group, pattern, onEvent: (event) => void heard.push(event) })
  return heard
}

/** Topics whose broker can be lost. */
function losable(hub: ReturnType<typeof memoryHub>) {
  const inner = memoryTopics(hub)
  const state = { isUp: true, published: 0 }
  const once = inner.publish.bind(inner)
  const publish: Topics['publish'] = async (events) => {
    if (!state.isUp) throw new DispatchError('unavailable', 'the broker is down')
    state.published += events.length
    await once(events)
  }
  return { topics: Object.assign(inner, { publish }), state }
}

const typesOf = (events: readonly TopicEvent[]) => events.map(({ type }) => type)

describe('what happens to tasklets', () => {
  it('is told to each group, in order', async () => {
    const hub = memoryHub()
    const [all, failures] = [await listen(hub, 'all'), await listen(hub, 'bad', 'task.failed')]
    const { runtime, clock } = await startRuntime(plan, { topics: memoryTopics(hub) })
    const { id } = await runtime.submit('plan/broken')
    await clock.advance('2s')
    await vi.waitFor(() => expect([all.length, failures.length]).toEqual([6, 1]))
    expect(typesOf(all)).toEqual([
      'task.submitted',
      'task.started',
      'task.retrying',
      'task.ready',
      'task.started',
      'task.failed',
    ])
    expect(failures[0]).toMatchObject({
      specversion: '1.0',
      source: '/setpoint/plan/broken',
      type: 'task.failed',
      subject: id,
      datacontenttype: 'application/json',
      data: { plan: 'plan', task: 'broken', queue: 'main', status: 'failed', from: 'running' },
    })
    expect(new Set(all.map((event) => event.id)).size).toBe(6)
  })

  it('is kept while the broker is away', async () => {
    const hub = memoryHub()
    const heard = await listen(hub, 'all')
    const { topics, state } = losable(hub)
    const { runtime, clock, log } = await startRuntime(plan, { topics })
    state.isUp = false
    const handle = await runtime.submit('plan/work', 1)
    await handle.result()
    await clock.advance('10s')
    expect(heard).toEqual([])
    expect((await runtime.stats()).brokers).toEqual([
      { role: 'topics', name: 'memory', isUp: false },
    ])
    state.isUp = true
    await clock.advance('10s')
    await vi.waitFor(() => expect(heard).toHaveLength(3))
    expect(typesOf(heard)).toEqual(['task.submitted', 'task.started', 'task.completed'])
    expect(log.lines.map(({ level }) => level)).toEqual(['warn', 'info'])
  })

  it('is told by one process for all, and by the next when that one has gone', async () => {
    const hub = memoryHub()
    const heard = await listen(hub, 'all')
    const [store, clock] = [sharedStore(), new ManualClock()]
    const [one, other] = [losable(hub), losable(hub)]
    const first = await startRuntime(plan, { topics: one.topics, work: [] }, store, clock)
    const second = await startRuntime(plan, { topics: other.topics }, store, clock)
    await (await second.runtime.submit('plan/work', 1)).result()
    await vi.waitFor(() => expect(heard).toHaveLength(3))
    expect(other.state.published).toBe(0)
    await first.runtime.stop()
    await (await second.runtime.submit('plan/work', 2)).result()
    await clock.advance('10s')
    await vi.waitFor(() => expect(heard).toHaveLength(6))
    expect(one.state.published).toBe(3)
    expect(other.state.published).toBe(3)
  })

  it('keeps its order for each tasklet when the teller dies with events in hand', async () => {
    const hub = memoryHub()
    const heard = await listen(hub, 'all')
    const [store, clock] = [sharedStore(), new ManualClock()]
    const [one, other] = [losable(hub), losable(hub)]
    one.state.isUp = false
    const first = await startRuntime(plan, { topics: one.topics, work: [] }, store, clock)
    const second = await startRuntime(plan, { topics: other.topics }, store, clock)
    // So the next beat of the other comes while some of it is still in the hands of the first.
    await clock.advance('3s')
    for (const input of [1, 2, 3]) await (await second.runtime.submit('plan/work', input)).result()
    await first.runtime.stop()
    await clock.advance('30s')
    await vi.waitFor(() => expect(heard).toHaveLength(9))
    for (const subject of new Set(heard.map((event) => event.subject))) {
      const own = heard.filter((event) => event.subject === subject)
      expect(typesOf(own)).toEqual(['task.submitted', 'task.started', 'task.completed'])
    }
  })
})
