import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { ForeignChanges } from '../../../../src/stores/mysql/foreign.ts'
import type { SqlSession } from '../../../../src/stores/sql/session.ts'

const INTERVAL = 200

/** What the rows of `writers` would be. */
const writers = new Map<unknown, number>()
let isDown = false

const session: SqlSession = {
  all: async (_, [self] = []) => {
    const others = [...writers].filter(([writer]) => writer !== self)
    return [{ writers: others.length, changes: others.reduce((sum, [, one]) => sum + one, 0) }]
  },
  run: async (sql, [writer] = []) => {
    if (sql.startsWith('INSERT')) writers.set(writer, (writers.get(writer) ?? 0) + 1)
    return 1
  },
  later: () => expect.unreachable(),
}

function open(): ForeignChanges {
  const changes = new ForeignChanges(async (work) => {
    if (isDown) throw new Error('down')
    return await work(session)
  }, INTERVAL)
  onTestFinished(() => changes.close())
  return changes
}

/** A listener that has had its first look. */
async function listenTo(changes: ForeignChanges) {
  const listener = vi.fn()
  const stop = changes.listen(listener)
  await vi.advanceTimersByTimeAsync(INTERVAL)
  listener.mockClear()
  return { listener, stop }
}

beforeEach(() => {
  writers.clear()
  isDown = false
  vi.useFakeTimers()
  return () => void vi.useRealTimers()
})

describe('changes by other processes', () => {
  test('are heard, our own are not', async () => {
    const [ours, theirs] = [open(), open()]
    const { listener } = await listenTo(ours)
    ours.tell()
    await vi.advanceTimersByTimeAsync(2 * INTERVAL)
    expect(listener).not.toHaveBeenCalled()
    theirs.tell()
    await vi.advanceTimersByTimeAsync(2 * INTERVAL)
    expect(listener).toHaveBeenCalledTimes(1)
  })

  test('are counted at once, then together, and none is left out', async () => {
    const changes = open()
    changes.tell()
    await vi.advanceTimersByTimeAsync(0)
    expect([...writers.values()]).toEqual([1])
    for (let told = 0; told < 10; told += 1) changes.tell()
    await vi.advanceTimersByTimeAsync(1000)
    expect([...writers.values()]).toEqual([2])
  })

  test('are counted before the last is closed', async () => {
    const changes = open()
    changes.tell()
    changes.tell()
    await changes.close()
    expect([...writers.values()]).toEqual([2])
  })

  test('may have been missed while the server was away, so its return is heard', async () => {
    const { listener } = await listenTo(open())
    isDown = true
    await vi.advanceTimersByTimeAsync(3 * INTERVAL)
    expect(listener).not.toHaveBeenCalled()
    isDown = false
    await vi.advanceTimersByTimeAsync(2 * INTERVAL)
    expect(listener).toHaveBeenCalledTimes(1)
  })

  test('are looked for only while somebody listens', async () => {
    const { stop } = await listenTo(open())
    stop()
    await vi.advanceTimersByTimeAsync(2 * INTERVAL)
    expect(vi.getTimerCount()).toBe(0)
  })
})
