import { expect, test } from 'vitest'
import { InterruptProgress } from '../../../src/cli/interrupt-progress.ts'
import { RunProgress } from '../../../src/cli/run-progress.ts'
import { styleFor } from '../../../src/cli/style.ts'
import type { Tasklet } from '../../../src/core/tasklet.ts'
import { definePlan } from '../../../src/plan/define.ts'
import { compilePlan } from '../../../src/plan/load.ts'
import { EventBus } from '../../../src/runtime/events/event-bus.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { collectedIo } from './collected-io.ts'

type Policy = 'requeue' | 'cancel' | 'pause'

/** What a run of `box/train` shows of the events that the test emits. */
function runOf(victims: Policy = 'requeue') {
  const plan = compilePlan(
    definePlan({
      name: 'box',
      tasks: { train: { run: () => {} }, answer: { run: () => {} } },
      interrupts: { people: { on: 'person.came', run: 'answer', victims } },
    }),
  )
  const task = plan.tasks.get('train')
  if (task === undefined) throw new Error('the plan has no such task')
  const clock = new ManualClock(1000)
  const events = new EventBus(clock, (error) => {
    throw error
  })
  const io = collectedIo()
  const shown: string[] = []
  const screen = {
    line: (text: string) => void shown.push(text.trim()),
    activity: (text: string) => void shown.push(`(${text})`),
    close: () => {},
  }
  const style = styleFor(io.stderr, io.env)
  const interrupts = new InterruptProgress(plan.interrupts, screen, style, () => clock.now())
  interrupts.listen(events)
  new RunProgress(task, screen, style, () => clock.now(), interrupts).listen(events)
  events.emit('tasklet.submitted', { tasklet: tasklet('own', 'train') })
  shown.length = 0
  return { clock, events, shown }
}

function tasklet(id: string, task: string): Tasklet {
  // What is shown of a tasklet is only these.
  return { id, plan: 'box', task } as Tasklet
}

const RULE = { plan: 'box', name: 'people' }

test('work that an interrupt sends back is shown to wait, and to go on in a world that is asked again', () => {
  const { clock, events, shown } = runOf()
  const step = { event: 'LOAD', from: 'empty', to: 'ready', task: 'load', cost: 6.9951 }
  const path = { from: 'empty', target: 'ready', cost: 6.9951, steps: [step] }
  events.emit('path.found', { taskletId: 'own', plan: 'box', ...path })
  events.emit('tasklet.phase', { taskletId: 'own', phase: 'executing' })
  events.emit('interrupt.fired', { ...RULE, victims: ['own'], handler: 'h' })
  events.emit('tasklet.pending', { tasklet: tasklet('own', 'train') })
  clock.jump(250)
  events.emit('interrupt.ended', { ...RULE, handler: 'h' })
  events.emit('world.detected', { taskletId: 'own', plan: 'box', states: ['ready'] })
  events.emit('tasklet.phase', { taskletId: 'own', phase: 'executing' })
  expect(shown).toEqual([
    'path   empty ──LOAD 7──▶ ready',
    '(train runs)',
    '! interrupt people fired: answer comes first, 1 tasklet makes room',
    '! train is sent back to its queue and waits until it is over',
    '(train is sent back to its queue and waits until it is over)',
    '✔ interrupt people is over after 250 ms',
    'world  ready',
    'path   nothing to do, the world is where the task needs it',
    '(train goes on)',
  ])
})

test('work of others that is sent back is named as well, and other work is not', () => {
  const { events, shown } = runOf()
  events.emit('interrupt.fired', { ...RULE, victims: ['a', 'b'], handler: 'h' })
  events.emit('tasklet.pending', { tasklet: tasklet('b', 'embed') })
  events.emit('tasklet.pending', { tasklet: tasklet('c', 'chat') })
  expect(shown.filter((line) => line.startsWith('!'))).toEqual([
    '! interrupt people fired: answer comes first, 2 tasklets make room',
    '! embed is sent back to its queue and waits until it is over',
  ])
})

test('work that is given back without an interrupt is said to be given back', () => {
  const { events, shown } = runOf()
  events.emit('interrupt.fired', { ...RULE, victims: ['own'], handler: 'h' })
  events.emit('interrupt.ended', { ...RULE, handler: 'h' })
  shown.length = 0
  events.emit('tasklet.pending', { tasklet: tasklet('own', 'train') })
  expect(shown).toEqual(['! given back to the queue'])
})

test.each([
  ['cancel', ['own'], ', 1 tasklet is cancelled'],
  ['pause', ['own', 'other'], ', 2 tasklets are paused'],
  ['requeue', [], ''],
] as const)('with policy %s an interrupt that meets %j says so', (policy, victims, fate) => {
  const { events, shown } = runOf(policy)
  events.emit('interrupt.fired', { ...RULE, victims, handler: 'h' })
  expect(shown).toEqual([`! interrupt people fired: answer comes first${fate}`])
})

test('an interrupt that fails, and one that began in another process, are shown to be over', () => {
  const { clock, events, shown } = runOf()
  events.emit('interrupt.ended', { ...RULE, handler: 'h' })
  events.emit('interrupt.fired', { ...RULE, victims: [], handler: 'h' })
  clock.jump(10)
  events.emit('interrupt.failed', { ...RULE, handler: 'h', error: new Error('no') })
  expect([shown[0], shown[2]]).toEqual([
    '✔ interrupt people is over',
    '✖ interrupt people is over without success after 10 ms',
  ])
})
