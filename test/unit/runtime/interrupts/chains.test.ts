import { expect, test } from 'vitest'
import { allDone } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

const ALARM = { on: 'alarm', run: 'quench' }

async function started(tasks: object, settings: object) {
  const made = await startRuntime(planOf({ quench: () => 1, ...tasks }, settings))
  const all = async (task: string) => (await made.runtime.list({ task, limit: 100 })).items
  const cuts = () => made.events.filter(({ name }) => name === 'event.cut').map(({ data }) => data)
  return { ...made, all, cuts }
}

interface Emits {
  emit(name: string): void
}

test.each(['tasklet.completed', 'interrupt.ended', 'interrupt.fired'])(
  'a rule that sets itself off through a schedule on %s is cut',
  async (on) => {
    // While a rule is at work it hears nothing, so the answer waits for its end.
    const gate = Promise.withResolvers<void>()
    const shout = async ({ emit }: Emits) => {
      await gate.promise
      emit('alarm')
    }
    const schedules = { again: { task: 'shout', on } }
    const made = await started({ shout }, { interrupts: { fire: ALARM }, schedules })
    made.runtime.events.emit('alarm')
    await made.clock.advance('5m')
    gate.resolve()
    await made.clock.advance('5m')
    expect(await made.all('quench')).toHaveLength(1)
    expect(made.cuts()).toContainEqual(
      expect.objectContaining({ reason: 'cycle', trigger: 'interrupt:plan/fire' }),
    )
    made.runtime.events.emit('alarm')
    await made.clock.advance('5m')
    expect(await made.all('quench')).toHaveLength(2)
  },
)

test('a rule is not set off by the event that its own handler emits', async () => {
  const made = await started(
    { quench: ({ emit }: Emits) => emit('alarm') },
    { interrupts: { fire: ALARM } },
  )
  made.runtime.events.emit('alarm')
  await made.clock.advance('5m')
  expect(await made.all('quench')).toHaveLength(1)
})

test('a rule on everything comes to an end', async () => {
  const made = await started({}, { interrupts: { fire: { on: '**', run: 'quench' } } })
  made.runtime.events.emit('order.paid')
  await made.clock.advance('5m')
  const { length } = made.events
  for (let turn = 0; turn < 50; turn += 1) await allDone()
  expect(made.events).toHaveLength(length)
})

test('a schedule of the name of a rule is another trigger', async () => {
  const made = await started(
    { shout: ({ emit }: Emits) => emit('alarm') },
    { interrupts: { fire: ALARM }, schedules: { fire: { task: 'shout', on: 'order.paid' } } },
  )
  made.runtime.events.emit('order.paid')
  await made.clock.advance('5m')
  expect(await made.all('quench')).toMatchObject([
    { event: { lineage: { triggers: ['plan/fire', 'interrupt:plan/fire'] } } },
  ])
})

test('what is told of an interrupt comes of its event', async () => {
  const made = await started({}, { interrupts: { fire: ALARM } })
  made.runtime.events.emit('alarm')
  await made.clock.advance('1s')
  const of = (name: string) => made.events.find((event) => event.name === name)
  const root = of('alarm')?.lineage.correlationId
  expect(root).toBeDefined()
  for (const name of ['interrupt.fired', 'interrupt.ended']) {
    expect(of(name)?.lineage.correlationId).toBe(root)
  }
})
