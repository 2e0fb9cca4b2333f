import { expect, test } from 'vitest'
import { Replays } from '../../../../src/runtime/steps/replays.ts'

/** Asks for the turns and says in which order they came. */
function asking(count: number) {
  const replays = new Replays(count)
  const given: string[] = []
  const ask = async (name: string, order?: number, signal = new AbortController().signal) => {
    await replays.turnOf(signal, order)
    given.push(name)
  }
  return { given, ask }
}

test('Endings are given in their order, and what begins anew comes after all of them.', async () => {
  const { given, ask } = asking(3)
  const all = [ask('new'), ask('third', 2), ask('first', 0).then(() => ask('second', 1))]
  await Promise.all(all)
  expect(given).toEqual(['first', 'second', 'third', 'new'])
})

test('An ending that is never asked for holds nothing up.', async () => {
  const { given, ask } = asking(5)
  await Promise.all([ask('new'), ask('fourth', 3), ask('second', 1)])
  expect(given).toEqual(['second', 'fourth', 'new'])
})

test('What is stopped before it begins anew ends at once, because something may wait for its end.', async () => {
  const { given, ask } = asking(2)
  const stop = new AbortController()
  const stopped = ask('stopped', undefined, stop.signal)
  const first = ask('first', 0).then(() => {
    stop.abort()
    return ask('second', 1)
  })
  await Promise.all([stopped, first])
  expect(given).toEqual(['first', 'stopped', 'second'])
})

test('Without endings from before, everything begins at once.', () => {
  const replays = new Replays(0)
  expect(replays.turnOf(new AbortController().signal)).toBeUndefined()
})
