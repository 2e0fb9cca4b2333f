import { describe, expect, it } from 'vitest'
import { Rooms } from '../../../../src/runtime/intake/rooms.ts'
import { allDone } from '../../../support/manual-clock.ts'

/** A queue with room for so many, and those who got in. */
function makeRooms(room: number) {
  const rooms = new Rooms()
  const inside: string[] = []
  const state = { room }
  const enter = (name: string, signal?: AbortSignal, size = 1) =>
    rooms.enter('main', { size, signal }, async () => {
      if (state.room < size) return undefined
      state.room -= size
      inside.push(name)
      return name
    })
  const free = (count: number) => {
    state.room += count
    rooms.freed('main', count)
  }
  return { rooms, inside, enter, free }
}

describe('Rooms', () => {
  it('let in whom they have room for, and the others in their order as room is freed', async () => {
    const { inside, enter, free } = makeRooms(1)
    const all = ['a', 'b', 'c', 'd'].map((name) => enter(name))
    await allDone()
    expect(inside).toEqual(['a'])
    free(2)
    await allDone()
    expect(inside).toEqual(['a', 'b', 'c'])
    free(1)
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('keep a newcomer behind those who wait already', async () => {
    const { inside, enter, free } = makeRooms(0)
    const first = enter('first', undefined, 2)
    await allDone()
    free(1)
    const late = enter('late')
    await allDone()
    expect(inside).toEqual([])
    free(2)
    await Promise.all([first, late])
    expect(inside).toEqual(['first', 'late'])
  })

  it('do not miss room that is freed while the answer "full" is on its way', async () => {
    const rooms = new Rooms()
    let asked = 0
    const entering = rooms.enter('main', { size: 1, signal: undefined }, async () => {
      asked += 1
      if (asked > 1) return 'in'
      rooms.freed('main', 1)
      return undefined
    })
    expect(await entering).toBe('in')
  })

  it('pass on the room that somebody was called for who does not want it any more', async () => {
    const { inside, enter, free } = makeRooms(0)
    const controller = new AbortController()
    const gone = expect(enter('gone', controller.signal)).rejects.toThrow('enough')
    const next = enter('next')
    await allDone()
    free(1)
    controller.abort(new Error('enough'))
    await gone
    await next
    expect(inside).toEqual(['next'])
  })

  it('send everybody away once closed', async () => {
    const { rooms, enter } = makeRooms(0)
    const waiting = expect(enter('a')).rejects.toThrow('closed')
    await allDone()
    rooms.close(new Error('closed'))
    await waiting
    await expect(enter('b')).rejects.toThrow('closed')
  })
})
