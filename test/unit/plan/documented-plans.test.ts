import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { loadPlan } from '../../../src/plan/load.ts'
import { findShapeMistakes } from '../../../src/plan/schema/findings.ts'
import { PlanSchema } from '../../../src/plan/schema/plan.ts'

const ROOT = join(import.meta.dirname, '../../..')

describe('the shipped plans', () => {
  test.each(globSync('plans/*/plan.yaml', { cwd: ROOT }))('%s has no warnings', async (file) => {
    const { warnings } = await loadPlan(join(ROOT, file, '..'))
    expect(warnings).toEqual([])
  })
})

interface Example {
  readonly place: string
  readonly value: unknown
}

/** Every example in YAML of the pages, but for what is no plan and no part of one. */
const EXAMPLES: readonly Example[] = globSync(['docs/*.md', 'README.md', 'plans/*/README.md'], {
  cwd: ROOT,
}).flatMap((page) => {
  const text = readFileSync(join(ROOT, page), 'utf8')
  return [...text.matchAll(/^```ya?ml\n([\s\S]*?)^```/gm)].flatMap(({ 1: code = '', index }) => {
    const value: unknown = parse(code)
    const place = `${page}:${text.slice(0, index).split('\n').length}`
    return isOtherFormat(value) ? [] : [{ place, value }]
  })
})

/** Batches of submissions, and the older map of states that can be imported. */
function isOtherFormat(value: unknown): boolean {
  if (Array.isArray(value)) return value.some((each) => typeof each === 'object' && 'key' in each)
  return typeof value === 'object' && value !== null && 'transitions' in value
}

/** What the example may be: a plan, some keys of one, tasks, a task, steps, or fields of a step. */
function readings(value: object): readonly object[] {
  const frame = { setpoint: 1, name: 'example' }
  const steps = Array.isArray(value) ? value : [{ run: 'work', ...value }]
  return [
    value,
    { ...frame, ...value },
    { ...frame, machine: value },
    { ...frame, tasks: value },
    { ...frame, tasks: { example: value } },
    { ...frame, tasks: { example: { steps } } },
  ]
}

test('there are examples', () => {
  expect(EXAMPLES.length).toBeGreaterThan(5)
})

test.each(EXAMPLES)('the example at $place is a plan, or a part of one', ({ value }) => {
  const mistakes = readings(value as object).map((each) => findShapeMistakes(PlanSchema, each))
  const fewest = mistakes.reduce((least, each) => (each.length < least.length ? each : least))
  expect(fewest).toEqual([])
})
