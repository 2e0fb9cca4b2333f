import { expect, it } from 'vitest'
import type { Reason } from '../../../../src/runtime/operations/reason.ts'
import { followWaits } from '../../../../src/runtime/operations/wait-picture.ts'

const behind = (holder: string, code: Reason['code'] = 'resource'): Reason => ({
  code,
  message: '',
  holder,
})

it('follows holders, and ends a circle where it closes', async () => {
  const reasons: Record<string, Reason[]> = { b: [behind('c', 'state')], c: [behind('a')] }
  const edges = await followWaits('a', [behind('b')], async (id) => reasons[id] ?? [])
  expect(edges).toEqual([
    { from: 'a', to: 'b', because: 'resource' },
    { from: 'b', to: 'c', because: 'state' },
    { from: 'c', to: 'a', because: 'resource' },
  ])
})

it('does not take the owner of a lease for a tasklet', async () => {
  const edges = await followWaits('a', [behind('owner', 'running')], async () => [])
  expect(edges).toEqual([])
})

it('stops after 50 edges', async () => {
  let asked = 0
  const edges = await followWaits('0', [behind('1')], async (id) => {
    asked += 1
    return [behind(String(Number(id) + 1))]
  })
  expect(edges).toHaveLength(50)
  expect(asked).toBeLessThanOrEqual(50)
})
