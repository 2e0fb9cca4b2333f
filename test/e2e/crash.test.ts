import { expect, test } from 'vitest'
import { killHard, Scene } from '../fixtures/crash/scene.ts'

test('a tasklet whose process is killed is run again exactly once, and those behind it are not lost', async () => {
  const scene = new Scene()
  const pairs = ['work', 'a', 'work', 'b', 'work', 'c']
  const first = await scene.startHolding(pairs, 'start a')
  const [held, ...waiting] = await scene.records()
  expect(held).toMatchObject({ status: 'running', deliveries: 1 })
  expect(held?.lease?.owner).toContain(`/${first.pid}/`)
  expect(waiting.map(({ status }) => status)).toEqual(['pending', 'pending'])

  await killHard(first)
  await scene.finish()

  expect(scene.witness).toEqual(['start a', ...['a', 'b', 'c'].flatMap(startAndEnd)])
  const records = await scene.records()
  const outcome = records.map(({ status, output, deliveries }) => [output, status, deliveries])
  expect(outcome).toEqual([
    ['a', 'completed', 2],
    ['b', 'completed', 1],
    ['c', 'completed', 1],
  ])
  expect(records.map(({ id }) => id)).toEqual([held, ...waiting].map((one) => one?.id))
})

test('the next process takes over from a dead one at once, although its lease had time left', async () => {
  const scene = new Scene()
  const first = await scene.startHolding(['work', 'a'], 'start a')
  const [held] = await scene.records()
  await killHard(first)
  await scene.finish()

  const [done] = await scene.records()
  expect(done?.status).toBe('completed')
  expect(done?.settledAt).toBeLessThan(held?.lease?.until ?? 0)
  expect(done?.attempts).toBe(0)
})

test('a process that is still alive keeps its tasklet when another one starts beside it', async () => {
  const scene = new Scene()
  const first = await scene.startHolding(['work', 'a'], 'start a')
  const second = await scene.startHolding(['work', 'b'], 'start b')

  const [a, b] = await scene.records()
  expect(a).toMatchObject({ status: 'running', deliveries: 1 })
  expect(a?.lease?.owner).toContain(`/${first.pid}/`)
  expect(b?.lease?.owner).toContain(`/${second.pid}/`)
  expect(scene.witness).toEqual(['start a', 'start b'])
})

test.each([
  { world: 'off', moves: 1, how: 'is moved again where the transition had not taken effect' },
  { world: 'on', moves: 0, how: 'is left alone where the transition had taken effect' },
] as const)(
  'a world whose process was killed in a transition is detected anew and $how',
  async ({ world, moves }) => {
    const scene = new Scene()
    const first = await scene.startHolding(['work-when-on', 'a'], 'start switch-on')
    await killHard(first)
    scene.setWorld(world)
    await scene.finish()

    const again = Array.from({ length: moves }, () => startAndEnd('switch-on')).flat()
    expect(scene.witness).toEqual(['start switch-on', ...again, 'start a', 'end a'])
    const [record] = await scene.records()
    expect(record).toMatchObject({ status: 'completed', deliveries: 2, attempts: 0 })
    expect(record?.trail?.from).toBe(world)
    expect(record?.trail?.steps.map(({ outcome }) => outcome)).toEqual(Array(moves).fill('moved'))
  },
)

function startAndEnd(name: string): readonly string[] {
  return [`start ${name}`, `end ${name}`]
}
