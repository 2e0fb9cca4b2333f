import { describe, expect, it } from 'vitest'
import { LastDeliveries } from '../../../../src/runtime/claims/last-deliveries.ts'
import { toQueues } from '../../../../src/runtime/options/queue-options.ts'
import { newTasklet } from '../../../../src/testing/store-contract/records.ts'

function makeLastDeliveries(maxDeliveries: number) {
  const woken: string[] = []
  const settings = { maxDeliveries, queues: toQueues(4, { slow: {} }) }
  const last = new LastDeliveries(settings, (queues) => woken.push(...queues))
  return { last, woken }
}

describe('LastDeliveries', () => {
  it('wakes every queue when one may have ended', () => {
    const { last, woken } = makeLastDeliveries(3)
    expect(last.after).toBe(2)
    last.ended(newTasklet({ deliveries: 3, attempts: 0 }))
    expect(woken.toSorted()).toEqual(['event', 'interrupt', 'main', 'slow'])
  })

  it('wakes nobody when deliveries were settled, or are left', () => {
    const { last, woken } = makeLastDeliveries(3)
    last.ended(newTasklet({ deliveries: 3, attempts: 1 }))
    last.ended(newTasklet({ deliveries: 2, attempts: 0 }))
    expect(woken).toEqual([])
  })

  it('knows none where the first delivery would be the last', () => {
    const { last, woken } = makeLastDeliveries(1)
    expect(last.after).toBeUndefined()
    last.ended(newTasklet({ deliveries: 9, attempts: 0 }))
    expect(woken).toEqual([])
  })
})
