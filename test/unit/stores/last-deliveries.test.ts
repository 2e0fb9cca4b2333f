import { describe, expect, it } from 'vitest'
import { LastDeliveries } from '../../../src/stores/last-deliveries.ts'

const waits = (key: string, lost: number) => ({ key, lost, isRunning: false })
const runs = (key: string, lost: number) => ({ key, lost, isRunning: true })

describe('last deliveries', () => {
  it('are started one at a time, and everything else beside them', () => {
    const last = new LastDeliveries([waits('a', 2), waits('b', 3), waits('c', 1)], 2)
    expect(['c', 'a', 'b', 'fresh'].map((key) => last.admits(key))).toEqual([
      true,
      true,
      false,
      true,
    ])
  })

  it('are not started while another one runs', () => {
    expect(new LastDeliveries([waits('a', 2), runs('b', 2)], 2).admits('a')).toBe(false)
    expect(new LastDeliveries([waits('a', 2), runs('b', 1)], 2).admits('a')).toBe(true)
  })

  it('are only those that have lost one', () => {
    const last = new LastDeliveries([waits('a', 0), runs('b', 0), waits('c', 1)], 0)
    expect(['a', 'c'].map((key) => last.admits(key))).toEqual([true, true])
  })
})
