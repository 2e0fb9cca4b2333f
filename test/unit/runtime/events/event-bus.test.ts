import { describe, expect, it } from 'vitest'
import { EventBus } from '../../../../src/runtime/events/event-bus.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'

function makeBus() {
  const clock = new ManualClock()
  const reported: unknown[] = []
  const heard: string[] = []
  const bus = new EventBus(clock, (error) => reported.push(error))
  const hear =
    (as: string) =>
    ({ name }: { name: string }) =>
      void heard.push(`${as} ${name}`)
  return { clock, bus, reported, heard, hear }
}

describe('EventBus', () => {
  it.each([
    ['a.b', ['a.b']],
    ['a.*', ['a.b', 'a.c']],
    ['*.b', ['a.b', 'x.b']],
    ['*', ['a', 'axb']],
    ['a.**', ['a.b', 'a.c', 'a.b.c', 'a.b.c.d']],
    ['**', ['a', 'a.b', 'a.c', 'x.b', 'a.b.c', 'a.b.c.d', 'axb']],
    ['a.**.d', ['a.b.c.d']],
    ['a.**.b', ['a.b']],
    ['**.b', ['a.b', 'x.b']],
    ['a.*.c', ['a.b.c']],
    ['b.**', []],
  ])('lets a listener on %s hear %j', (pattern, expected) => {
    const { bus } = makeBus()
    const heard: string[] = []
    bus.on(pattern, ({ name }) => heard.push(name))
    for (const name of ['a', 'a.b', 'a.c', 'x.b', 'a.b.c', 'a.b.c.d', 'axb']) bus.emit(name, null)
    expect(heard).toEqual(expected)
  })

  it('takes every other character of a pattern as itself', () => {
    const { bus, heard, hear } = makeBus()
    bus.on('a+(b)|[c]$.*', hear('it'))
    bus.emit('a+(b)|[c]$.d', null)
    bus.emit('aab.d', null)
    expect(heard).toEqual(['it a+(b)|[c]$.d'])
  })

  it('gives listeners the name, the time and the data', () => {
    const { bus, clock } = makeBus()
    const events: unknown[] = []
    bus.on('a', (event) => events.push(event))
    bus.emit('a', { n: 1 })
    expect(events).toEqual([{ name: 'a', at: clock.now(), data: { n: 1 } }])
  })

  it('stops telling a listener that was taken off, in either way', () => {
    const { bus, heard, hear } = makeBus()
    const one = hear('one')
    bus.on('a.b', one)
    bus.on('a.*', one)
    bus.off('a.b', one)
    bus.off('a.*', one)
    for (const pattern of ['a.b', 'a.*']) bus.on(pattern, hear('two'))()
    bus.emit('a.b', null)
    expect(heard).toEqual([])
    expect(bus.hears('a.b')).toBe(false)
  })

  it('tells a once-listener one time', () => {
    const { bus, heard, hear } = makeBus()
    bus.once('a.*', hear('it'))
    bus.once('a.b', hear('exact'))
    bus.emit('a.b', null)
    bus.emit('a.b', null)
    expect(heard.toSorted()).toEqual(['exact a.b', 'it a.b'])
  })

  it('takes a once-listener off before its time', () => {
    const { bus, heard, hear } = makeBus()
    const listener = hear('it')
    bus.once('a.b', listener)
    bus.off('a.b', listener)
    bus.emit('a.b', null)
    expect(heard).toEqual([])
  })

  it('reports a listener that throws and tells the others all the same', () => {
    const { bus, reported, heard, hear } = makeBus()
    const error = new Error('no')
    for (const pattern of ['a', '*']) {
      bus.on(pattern, () => {
        throw error
      })
      bus.on(pattern, hear(pattern))
    }
    bus.emit('a', null)
    expect(reported).toEqual([error, error])
    expect(heard).toEqual(['a a', '* a'])
  })

  it('reports an async listener that rejects', async () => {
    const { bus, reported } = makeBus()
    const error = new Error('no')
    // The type asks for no promise, and an async function passes for it all the same.
    const rejecting: () => unknown = () => Promise.reject(error)
    bus.on('a', rejecting as () => void)
    bus.once('*', rejecting as () => void)
    bus.emit('a', null)
    await allDone()
    expect(reported).toEqual([error, error])
  })

  it('lets listeners come and go while it tells an event', () => {
    const { bus, heard, hear } = makeBus()
    const stop = bus.on('a.*', () => {
      stop()
      bus.on('a.*', hear('late'))
    })
    bus.on('a.*', hear('other'))
    bus.emit('a.b', null)
    expect(heard).toEqual(['other a.b'])
  })

  it('knows whether anybody would hear a name', () => {
    const { bus, hear } = makeBus()
    expect(bus.hears('a')).toBe(false)
    const stop = bus.on('a', hear('it'))
    expect([bus.hears('a'), bus.hears('b')]).toEqual([true, false])
    stop()
    bus.on('*', hear('it'))
    expect(bus.hears('b')).toBe(true)
  })
})
