import { describe, expect, it } from 'vitest'
import { isFinal, LEGAL_MOVES, mayMove, STATUSES } from '../../../src/core/status.ts'

describe('statuses', () => {
  it('are final exactly when no move leads away', () => {
    for (const status of STATUSES) expect(isFinal(status)).toBe(LEGAL_MOVES[status].length === 0)
    expect(STATUSES.filter(isFinal)).toEqual(['completed', 'failed', 'cancelled'])
  })

  it('move only as the table says, and never to themselves', () => {
    for (const from of STATUSES) {
      for (const to of STATUSES) expect(mayMove(from, to)).toBe(LEGAL_MOVES[from].includes(to))
      expect(mayMove(from, from)).toBe(false)
    }
  })

  it('can all reach an end, and only running completes', () => {
    for (const status of STATUSES.filter((status) => !isFinal(status))) {
      expect(mayMove(status, 'failed') && mayMove(status, 'cancelled')).toBe(true)
      expect(mayMove(status, 'completed')).toBe(status === 'running')
    }
  })
})
