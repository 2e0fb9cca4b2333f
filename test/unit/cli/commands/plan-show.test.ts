import { expect, test } from 'vitest'
import { KILN_PLANS, runCollected } from '../collected-io.ts'

test('the tasks of a plan are listed with what they require and take', async () => {
  const { code, stdout } = await runCollected(['plan', 'show', 'kiln', '--plans', KILN_PLANS])
  expect(code).toBe(0)
  const lines = stdout.split('\n')
  expect(lines[0]).toMatch(/^kiln {2}version [0-9a-f]{8}$/)
  expect(lines[1]).toBe('A kiln whose state is one word in a file.')
  expect(lines[2]).toBe('resources: door 1')
  const fire = lines.find((line) => line.startsWith('fire'))
  expect(fire?.split(/ {2,}/)).toEqual([
    'fire',
    'hot.loaded',
    'door 1',
    '30.0 s',
    '1',
    'Fire one piece',
  ])
})

test('with --json one plan is one object, and all plans are a listing', async () => {
  const one = await runCollected(['plan', 'show', 'kiln', '--plans', KILN_PLANS, '--json'])
  const all = await runCollected(['plan', 'show', '--plans', KILN_PLANS, '--json'])
  const plan = JSON.parse(one.stdout)
  expect(plan).toMatchObject({ name: 'kiln', resources: { door: 1 } })
  expect(plan.tasks).toContainEqual({
    name: 'fire',
    title: 'Fire one piece',
    requires: ['hot.loaded'],
    resources: { door: 1 },
    timeout: 30_000,
    retry: expect.objectContaining({ attempts: 1 }),
    tags: [],
  })
  expect(JSON.parse(all.stdout)).toEqual({ items: [plan] })
})
