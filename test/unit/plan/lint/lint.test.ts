import { expect, test } from 'vitest'
import { RULES } from '../../../../src/plan/lint/lint.ts'
import { loadPlan } from '../../../../src/plan/load.ts'
import { diagnosticsOf, faultOf, writeFolder } from '../plan-folder.ts'
import { planOf, SOUND, warningsOf } from './linted.ts'

const UNUSED = planOf(SOUND, 'actions: ./actions.ts\nresources: { door: 1 }\n')
const ACTIONS = 'export const isA = () => true, isB = () => true, work = () => 1\n'

async function refusalsOf(text: string) {
  const folder = await writeFolder({ 'plan.yaml': text, 'actions.ts': ACTIONS })
  return diagnosticsOf(loadPlan(folder))
}

test('a warning does not keep the plan from being used', async () => {
  expect(await refusalsOf(UNUSED)).toEqual([])
  expect(await warningsOf(UNUSED)).toEqual(['unused-resource 10: door'])
})

test('a rule that is off says nothing', async () => {
  expect(await warningsOf(`${UNUSED}lint: { unused-resource: off }\n`)).toEqual([])
})

test('a rule that is set to error refuses the plan', async () => {
  const [refusal, ...others] = await refusalsOf(`${UNUSED}lint: { unused-resource: error }\n`)
  expect(others).toEqual([])
  expect(refusal).toMatchObject({ rule: 'unused-resource', line: 10 })
  expect(refusal).not.toHaveProperty('severity')
})

test('a rule that there is not is refused with the nearest that there is', async () => {
  const text = `${UNUSED}lint: { unused-resorce: off }\n`
  const [refusal] = await refusalsOf(text)
  expect(refusal && faultOf(refusal, text)).toMatchObject({
    rule: 'unknown-rule',
    text: 'unused-resorce',
  })
  expect(refusal?.suggestion).toBe('unused-resource')
})

test('a setting that there is not is refused with those that there are', async () => {
  const [refusal] = await refusalsOf(`${UNUSED}lint: { unused-resource: loud }\n`)
  expect(refusal).toMatchObject({ rule: 'invalid-value', expected: 'one of off, warn, error' })
})

test('nothing is advised about a plan that cannot be used', async () => {
  const refusals = await refusalsOf(UNUSED.replace('task: back', 'task: bakc'))
  expect(refusals.map(({ rule }) => rule)).toEqual(['unknown-task'])
})

test('warnings stand in the order of the file', async () => {
  const text = UNUSED.replace('check: isB', 'check: isA')
  expect(await warningsOf(text)).toEqual([
    'indistinguishable-states 7: isA',
    'unused-resource 10: door',
  ])
})

test('every rule has a name of its own', () => {
  const names = RULES.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
})
