import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { planJsonSchema, taskJsonSchema } from '../../../../src/plan/schema/json-schema.ts'
import { PlanSchema, TaskSchema } from '../../../../src/plan/schema/plan.ts'

const ROOT = join(import.meta.dirname, '../../../..')

type Json = Readonly<Record<string, unknown>>

/** What an editor says of the plan, as far as a validator for JSON Schema can tell. */
function accepts(json: Json, value: unknown): boolean {
  return z.fromJSONSchema(json as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value).success
}

const plan = (rest: object) => ({ setpoint: 1, name: 'small', ...rest })

describe('the schema for editors', () => {
  test.each(globSync('plans/*/plan.yaml', { cwd: ROOT }))('takes %s', (file) => {
    expect(accepts(planJsonSchema(), parse(readFileSync(join(ROOT, file), 'utf8')))).toBe(true)
  })

  test.each([
    ['an unknown key', plan({ taks: {} })],
    ['an unknown key of a task', plan({ tasks: { a: { run: 'a', tiemout: 1 } } })],
    ['a duration in words', plan({ tasks: { a: { run: 'a', timeout: '20 seconds' } } })],
    ['an unknown priority', plan({ tasks: { a: { run: 'a', priority: 'hgih' } } })],
    ['an actor inside of the world', plan({ machine: { states: { a: { invoke: {} } } } })],
    ['a check outside of meta', plan({ machine: { states: { a: { check: 'isA' } } } })],
    [
      'a guard that is a map without type',
      plan({ machine: { states: { a: { on: { GO: { guard: {} } } } } } }),
    ],
    ['a step with an unknown key', plan({ tasks: { a: { steps: [{ rnu: 'a' }] } } })],
  ])('refuses %s', (_, value) => {
    expect(accepts(planJsonSchema(), value)).toBe(false)
    expect(PlanSchema.safeParse(value).success).toBe(false)
  })

  test('names the rules of lint', () => {
    expect(accepts(planJsonSchema(), plan({ lint: { 'unused-resource': 'off' } }))).toBe(true)
    expect(accepts(planJsonSchema(), plan({ lint: { 'unused-resorce': 'off' } }))).toBe(false)
  })

  test('knows states within states and steps within steps', () => {
    const deep = (leaf: object) => ({ states: { a: { states: { b: { states: { c: leaf } } } } } })
    expect(accepts(planJsonSchema(), plan({ machine: deep({ meta: { check: 'isC' } }) }))).toBe(
      true,
    )
    expect(accepts(planJsonSchema(), plan({ machine: deep({ mate: {} }) }))).toBe(false)
  })

  test.each([
    ['a plan', PlanSchema, planJsonSchema()],
    ['a task', TaskSchema, taskJsonSchema()],
  ] as const)('explains every key of %s', (_, schema, json) => {
    const properties = json['properties'] as Record<string, Json>
    expect(Object.keys(properties).sort()).toEqual(Object.keys(schema.shape).sort())
    for (const each of Object.values(properties)) expect(each['description']).toMatch(/\w/)
  })

  test('explains every key of states, transitions, steps, schedules and interrupts', () => {
    const unexplained = unexplainedKeys(planJsonSchema(), '')
    expect(unexplained).toEqual([])
  })
})

/** Keys whose meaning is that of the map that they stand in. */
const PLAIN = new Set([
  'type',
  'params',
  'event',
  'data',
  'where',
  'timeout',
  'tag',
  'capacity',
  'limit',
  'steps',
  'all',
  'types',
])

function unexplainedKeys(json: unknown, path: string): readonly string[] {
  if (typeof json !== 'object' || json === null) return []
  return Object.entries(json).flatMap(([key, value]) => {
    const inside = unexplainedKeys(value, `${path}/${key}`)
    if (key !== 'properties') return inside
    const bare = Object.entries(value as Record<string, Json>).filter(
      ([name, each]) => each['description'] === undefined && !PLAIN.has(name),
    )
    return [...bare.map(([name]) => `${path}/${name}`), ...inside]
  })
}
