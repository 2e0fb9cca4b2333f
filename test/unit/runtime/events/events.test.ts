import { describe, expect, it } from 'vitest'
import type { RuntimeEvent } from '../../../../src/core/events.ts'
import type { Tasklet } from '../../../../src/core/tasklet.ts'
import { EventBus } from '../../../../src/runtime/events/event-bus.ts'
import { Events } from '../../../../src/runtime/events/events.ts'
import { childOf, throughTrigger } from '../../../../src/runtime/events/lineage.ts'
import { newTasklet } from '../../../../src/testing/store-contract/records.ts'
import { ManualClock } from '../../../support/manual-clock.ts'

function makeEvents() {
  const clock = new ManualClock()
  const bus = new EventBus(clock, () => {})
  const heard: RuntimeEvent[] = []
  bus.on('**', (event) => heard.push(event))
  return { bus, events: new Events(bus), clock, heard }
}

describe('an event', () => {
  it('of one’s own comes with its time, its data and the lineage of a first one', () => {
    const { events, heard, clock } = makeEvents()
    events.emit('order.paid', { sum: 7 })
    expect(heard).toMatchObject([{ name: 'order.paid', at: clock.now(), data: { sum: 7 } }])
    const { id, ...lineage } = heard[0]?.lineage ?? childOf(undefined, 'none')
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    expect(lineage).toEqual({ correlationId: id, causationId: undefined, depth: 0, triggers: [] })
  })

  it('has the same lineage whoever reads it, and keeps it in JSON', () => {
    const { events, heard } = makeEvents()
    events.emit('order.paid')
    const [event] = heard
    expect(event?.lineage).toBe(event?.lineage)
    const id = event?.lineage.id
    expect(JSON.parse(JSON.stringify(event))).toMatchObject({ name: 'order.paid', lineage: { id } })
  })

  it('comes of the cause that is given with it', () => {
    const { events, heard } = makeEvents()
    const cause = throughTrigger(childOf(undefined, 'e0'), 'p/a')
    events.emit('order.paid', null, { cause })
    const expected = { correlationId: 'e0', causationId: 'e0', depth: 1, triggers: ['p/a'] }
    expect(heard[0]?.lineage).toMatchObject(expected)
  })

  it('about a tasklet comes of the event that the tasklet was submitted for', () => {
    const { bus, heard } = makeEvents()
    const lineage = childOf(undefined, 'e0')
    const event: Tasklet['event'] = { name: 'order.paid', at: 0, data: null, lineage }
    bus.emit('tasklet.completed', { tasklet: newTasklet({ event }) })
    bus.emit('tasklet.completed', { tasklet: newTasklet({}) })
    expect(heard.map((one) => one.lineage.causationId)).toEqual(['e0', undefined])
  })

  it('of one’s own comes of nothing just because its data looks like a tasklet', () => {
    const { events, heard } = makeEvents()
    events.emit('order.paid', { tasklet: { event: { lineage: childOf(undefined, 'e0') } } })
    expect(heard[0]?.lineage.causationId).toBeUndefined()
  })

  it('has data of its own, which its emitter cannot change afterwards', () => {
    const { events, heard } = makeEvents()
    const data = { items: [1] }
    events.emit('order.paid', data)
    data.items.push(2)
    expect(heard[0]?.data).toEqual({ items: [1] })
  })

  it('is refused, whoever listens, when its data is not JSON, by the place', () => {
    const events = new Events(new EventBus(new ManualClock(), () => {}))
    const message = 'event "order.paid": data.items[1].when holds a bigint'
    const emit = () => events.emit('order.paid', { items: [0, { when: 1n }] })
    expect(emit).toThrow(expect.objectContaining({ code: 'invalid_input' }))
    expect(emit).toThrow(message)
  })

  it.each(['tasklet.completed', 'order.*', 'order paid'])('cannot be emitted as %s', (name) => {
    const { events, heard } = makeEvents()
    expect(() => events.emit(name)).toThrow(expect.objectContaining({ code: 'invalid_input' }))
    expect(heard).toEqual([])
  })
})

describe('whether anybody hears an event', () => {
  it('is asked of the patterns by name: one that does not match costs the hot path nothing', () => {
    const bus = new EventBus(new ManualClock(), () => {})
    const leave = bus.on('deploy.**', () => {})
    expect([bus.hears('tasklet.phase'), bus.hears('deploy.done')]).toEqual([false, true])
    leave()
    expect(bus.hears('deploy.done')).toBe(false)
  })

  it('stays right for more names than are remembered', () => {
    const bus = new EventBus(new ManualClock(), () => {})
    bus.on('even.*', () => {})
    for (let name = 0; name < 3000; name += 1) {
      const kind = name % 2 === 0 ? 'even' : 'odd'
      expect(bus.hears(`${kind}.n${name}`)).toBe(kind === 'even')
    }
  })
})
