import { expect, test } from 'vitest'
import { z } from 'zod'
import { definePlan } from '../../../../src/plan/define.ts'
import { compilePlan, loadPlan } from '../../../../src/plan/load.ts'
import { diagnosticsOf, faultOf, writeFolder } from '../plan-folder.ts'

const PLAN = `setpoint: 1
name: small
machine:
  initial: off
  states:
    off: { meta: { check: isOff }, on: { GO: { target: on, meta: { task: move, with: { speed: 3 } } } } }
    on: { meta: { check: isOn }, on: { BACK: { target: off, meta: { task: back } } } }
tasks:
  back: work
  move:
    run: work
    input:
      type: object
      properties: { speed: { type: integer }, mode: { enum: [slow, fast], default: slow } }
      required: [speed]
      additionalProperties: false
  sub:
    run: work
    input: { type: object, properties: { keep: { type: integer } }, required: [keep] }
  whole:
    steps:
      - task: sub
        with: { keep: 3 }
      - run: work
interrupts:
  stop: { on: stopped, run: sub, input: { keep: 1 } }
`

async function faults(from: string, to: string) {
  expect(PLAN).toContain(from)
  const text = PLAN.replace(from, to)
  const actions = 'export const isOff = () => true, isOn = () => false, work = () => 1\n'
  const folder = await writeFolder({ 'plan.yaml': text, 'actions.ts': actions })
  const diagnostics = await diagnosticsOf(loadPlan(folder))
  return diagnostics.map((each) => {
    const { rule, text: at } = faultOf(each, text)
    return [rule, at, each.message]
  })
}

test('what tasks take is not told of', async () => {
  expect(await faults('small', 'other')).toEqual([])
})

test('an edge that gives its task something that it does not take is refused at that place', async () => {
  expect(await faults('speed: 3', 'speed: fast')).toEqual([
    ['invalid-with', 'fast', expect.stringContaining('does not take this input: speed: ')],
  ])
})

test('so is a key that its task does not know', async () => {
  expect(await faults('speed: 3', 'speed: 3, sped: 4')).toEqual([
    ['invalid-with', expect.any(String), expect.stringContaining('sped')],
  ])
})

test('an edge that gives nothing to a task that needs something is refused', async () => {
  expect(await faults('task: back', 'task: move')).toEqual([
    ['invalid-with', 'task', 'the task needs an input, and this edge gives none'],
  ])
})

test('so are steps', async () => {
  expect(await faults('{ keep: 3 }', '{ keep: three }')).toEqual([
    ['invalid-with', 'three', expect.stringContaining('keep: ')],
  ])
  expect(await faults('        with: { keep: 3 }\n', '')).toEqual([
    ['invalid-with', 'task', 'the task needs an input, and this step gives none'],
  ])
})

test('what is known only later is not judged now', async () => {
  expect(await faults('keep: 3', 'keep: "${{ attempt }}"')).toEqual([])
})

test('so are interrupts', async () => {
  expect(await faults('keep: 1', 'keep: one')).toEqual([
    ['interrupt-input', 'one', expect.stringContaining('keep: ')],
  ])
  expect(await faults(', input: { keep: 1 }', '')).toEqual([
    ['interrupt-input', 'run', 'the task needs an input, and this interrupt gives none'],
  ])
})

test('a schema that has to ask somebody first is not asked at load', async () => {
  const input = z.object({ keep: z.number().refine(async () => false) })
  const definition = definePlan({
    name: 'small',
    tasks: { sub: { input, run: () => 1 }, whole: { steps: [{ task: 'sub', with: { keep: 1 } }] } },
  })
  expect(await diagnosticsOf(() => compilePlan(definition))).toEqual([])
})
