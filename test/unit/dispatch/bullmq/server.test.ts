import { expect, test } from 'vitest'
import { findFaults } from '../../../../src/dispatch/bullmq/server.ts'

const GOOD = 'maxmemory_policy:noeviction\r\naof_enabled:1\r\ncluster_enabled:0\r\n'

test('a Redis that keeps what it is given has no faults, nor has one that does not tell', () => {
  expect(findFaults(GOOD)).toEqual([])
  expect(findFaults('# Server\r\nredis_version:7.0.15\r\n')).toEqual([])
})

test('each way to forget is a fault of its own', () => {
  const [eviction] = findFaults(GOOD.replace('noeviction', 'volatile-lru'))
  const [memoryOnly] = findFaults(GOOD.replace('aof_enabled:1', 'aof_enabled:0'))
  expect(eviction).toContain('volatile-lru')
  expect(memoryOnly).toContain('append-only')
})

test.for([
  ['5.0.14', 1],
  ['6.0.9', 1],
  ['6.2.0', 0],
  ['7.0.15', 0],
  ['8.2.1', 0],
] as const)('Redis %s has %d faults by its age', ([version, count]) => {
  expect(findFaults(`redis_version:${version}\r\n${GOOD}`)).toHaveLength(count)
})

test('a node of a cluster is refused', () => {
  const call = () => findFaults(GOOD.replace('cluster_enabled:0', 'cluster_enabled:1'))
  expect(call).toThrow(expect.objectContaining({ code: 'dispatch_open' }))
})
