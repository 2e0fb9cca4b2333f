import { describe, expect, it } from 'vitest'
import { type RuntimeOptions, toSettings } from '../../../../src/runtime/options/options.ts'

describe('toSettings', () => {
  it('knows the three built-in queues, and gives each that is declared the slots of main', () => {
    const { queues, maxSizes } = toSettings({
      concurrency: 7,
      queues: { slow: {}, event: { concurrency: 2, maxSize: 50 } },
    })
    expect([...queues]).toEqual([
      ['main', { concurrency: 7, maxSize: undefined, ageing: undefined }],
      ['event', { concurrency: 2, maxSize: 50, ageing: undefined }],
      ['interrupt', { concurrency: 4, maxSize: undefined, ageing: undefined }],
      ['slow', { concurrency: 7, maxSize: undefined, ageing: undefined }],
    ])
    expect(maxSizes).toEqual({ event: 50 })
  })

  it('fills in what ageing leaves open', () => {
    const { queues } = toSettings({ queues: { main: { ageing: { every: '1m' } } } })
    expect(queues.get('main')?.ageing).toEqual({ every: 60_000, step: 100, floor: 100 })
  })

  it('takes a shared resource as a capacity, or with a limit on starts', () => {
    const limit = { count: 10, per: '1s' } as const
    const { resources } = toSettings({ resources: { gpu: 2, api: { capacity: 5, limit } } })
    expect(resources).toEqual({
      gpu: { capacity: 2, limit: undefined },
      api: { capacity: 5, limit: { count: 10, per: 1000, perGroup: false } },
    })
  })

  it.each<[RuntimeOptions, string]>([
    [{ concurrency: 0 }, 'the concurrency of queue "main" must be an integer ≥ 1, not 0'],
    [{ queues: { slow: { maxSize: 0 } } }, 'the maxSize of queue "slow" must be an integer ≥ 1'],
    [{ queues: { interrupt: { maxSize: 5 } } }, 'queue "interrupt" never refuses anything'],
    [{ queues: { main: { ageing: { every: 0 } } } }, 'every must be longer than 0'],
    [{ queues: { main: { ageing: { every: '1x' } } } }, 'the ageing of queue "main", every: "1x"'],
    [{ queues: { main: { ageing: { every: 1, step: 0 } } } }, 'step must be an integer ≥ 1'],
    [{ queues: { main: { ageing: { every: 1, floor: 2000 } } } }, '"2000" is not a priority'],
    [{ resources: { gpu: 0 } }, 'the capacity of resource "gpu" must be an integer ≥ 1'],
    [
      { resources: { api: { capacity: 1, limit: { count: 0, per: 1 } } } },
      'the limit of resource "api", count must be an integer ≥ 1',
    ],
    [
      { resources: { api: { capacity: 1, limit: { count: 1, per: 1, by: 'task' as 'group' } } } },
      'the limit of resource "api": by can only be "group"',
    ],
    [{ lease: { duration: 0 } }, 'lease.duration must be longer than 0'],
    [{ retention: { count: -1 } }, 'retention.count must be an integer ≥ 0'],
  ])('refuses %j and names the option', (options, message) => {
    expect(() => toSettings(options)).toThrow(message)
  })
})
