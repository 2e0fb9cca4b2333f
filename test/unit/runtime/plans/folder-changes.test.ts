import { describe, expect, it } from 'vitest'
import { FolderChanges } from '../../../../src/runtime/plans/folder-changes.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'

function changes() {
  const clock = new ManualClock()
  const told: (readonly string[])[] = []
  let isSuperseded = () => false
  const errors: unknown[] = []
  let end = Promise.withResolvers<void>()
  const folder = new FolderChanges({
    clock,
    debounce: 100,
    tell: (paths, superseded) => {
      told.push(paths)
      isSuperseded = superseded
      end = Promise.withResolvers<void>()
      return end.promise
    },
    failed: (error) => errors.push(error),
  })
  return {
    clock,
    told,
    errors,
    folder,
    isSuperseded: () => isSuperseded(),
    finish: async (error?: Error) => {
      if (error === undefined) end.resolve()
      else end.reject(error)
      await allDone()
    },
  }
}

describe('FolderChanges', () => {
  it('waits until nothing has changed for a while, and tells all of it at once', async () => {
    const { clock, told, folder } = changes()
    folder.note('a')
    await clock.advance(60)
    folder.note('b')
    await clock.advance(99)
    expect(told).toEqual([])
    await clock.advance(1)
    expect(told).toEqual([['a', 'b']])
  })

  it('tells after a while even if the changes never end', async () => {
    const { clock, told, folder } = changes()
    for (let change = 0; change < 25 && told.length === 0; change += 1) {
      folder.note('a')
      await clock.advance(50)
    }
    expect(told).toEqual([['a']])
  })

  it('tells what changes during a telling only after that has ended', async () => {
    const { clock, told, folder, finish } = changes()
    folder.note('a')
    await clock.advance(100)
    folder.note('b')
    await clock.advance('1m')
    expect(told).toEqual([['a']])
    await finish()
    await clock.advance(100)
    expect(told).toEqual([['a'], ['b']])
  })

  it('tells nothing while 50 files change within 300 ms, and all of them at once then', async () => {
    const { clock, told, folder } = changes()
    for (let file = 1; file <= 50; file += 1) {
      folder.note(`file ${file}`)
      await clock.advance(6)
    }
    await clock.advance(93)
    expect(told).toEqual([])
    await clock.advance(1)
    expect(told.map((paths) => paths.length)).toEqual([50])
  })

  it('says of a telling that it is superseded once more has changed, but not for ever', async () => {
    const { clock, told, folder, isSuperseded, finish } = changes()
    folder.note('a')
    await clock.advance(100)
    expect(isSuperseded()).toBe(false)
    for (let round = 1; round < 5; round += 1) {
      folder.note('b')
      expect(isSuperseded()).toBe(true)
      await finish()
      await clock.advance(200)
      expect(told).toHaveLength(round + 1)
      expect(isSuperseded()).toBe(false)
    }
    await clock.advance(200)
    folder.note('c')
    expect(isSuperseded()).toBe(false)
  })

  it('reports a telling that fails, and goes on', async () => {
    const { clock, told, errors, folder, finish } = changes()
    folder.note('a')
    await clock.advance(100)
    await finish(new Error('unreadable'))
    expect(errors).toEqual([new Error('unreadable')])
    folder.note('b')
    await clock.advance(100)
    expect(told).toEqual([['a'], ['b']])
  })

  it('closes when the last telling has ended, and tells nothing more', async () => {
    const { clock, told, folder, finish } = changes()
    folder.note('a')
    await clock.advance(100)
    folder.note('b')
    let closed = false
    const closing = folder.close().then(() => {
      closed = true
    })
    await allDone()
    expect(closed).toBe(false)
    await finish()
    await closing
    await clock.advance('1m')
    expect(told).toEqual([['a']])
    expect(clock.pending).toBe(0)
  })
})
