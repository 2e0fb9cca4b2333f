import { describe, expect, it } from 'vitest'
import { edgeMeta } from '../../../../src/plan/world/edge-meta.ts'

describe('edgeMeta', () => {
  it('fills in the defaults of an edge', () => {
    expect(edgeMeta({ task: 'heat' })).toEqual({
      task: 'heat',
      cost: 1,
      with: undefined,
      timeout: undefined,
      verify: { tries: 3, delay: 200 },
    })
  })

  it('turns durations into milliseconds', () => {
    const meta = {
      task: 'heat',
      cost: 0,
      with: { to: 900 },
      timeout: '2m',
      verify: { delay: '1s' },
    }
    expect(edgeMeta(meta)).toEqual({
      task: 'heat',
      cost: 0,
      with: { to: 900 },
      timeout: 120_000,
      verify: { tries: 3, delay: 1000 },
    })
  })

  it.each([undefined, null, 'heat', {}, { cost: 1 }])('is no edge without a task: %j', (meta) => {
    expect(edgeMeta(meta)).toBeUndefined()
  })
})
