import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Lineage } from '../../../../src/core/tasklet.ts'
import { childOf, cutReason, throughTrigger } from '../../../../src/runtime/events/lineage.ts'

const names = fc.array(fc.constantFrom('p/a', 'p/b', 'q/a', undefined), { maxLength: 30 })

/** A chain of events, oldest first; at a name the schedule of that name fires in between. */
function chainOf(triggers: readonly (string | undefined)[]): readonly Lineage[] {
  const chain = [childOf(undefined, 'e0')]
  for (const [at, trigger] of triggers.entries()) {
    const last = chain.at(-1)
    const cause = last && trigger !== undefined ? throughTrigger(last, trigger) : last
    chain.push(childOf(cause, `e${at + 1}`))
  }
  return chain
}

describe('lineage', () => {
  it('begins with the event itself', () => {
    const first = { id: 'e0', correlationId: 'e0', causationId: undefined, depth: 0, triggers: [] }
    expect(childOf(undefined, 'e0')).toEqual(first)
  })

  it('leads every event of a chain back to the first, one cause at a time', () => {
    fc.assert(
      fc.property(names, (triggers) => {
        for (const [depth, lineage] of chainOf(triggers).entries()) {
          const causationId = depth === 0 ? undefined : `e${depth - 1}`
          const fired = triggers.slice(0, depth).filter((name) => name !== undefined)
          const expected = { id: `e${depth}`, correlationId: 'e0', causationId, depth }
          expect(lineage).toEqual({ ...expected, triggers: fired })
        }
      }),
    )
  })

  it('stays the lineage of the same event when a schedule fires on it', () => {
    const lineage = childOf(childOf(undefined, 'e0'), 'e1')
    expect(throughTrigger(lineage, 'p/a')).toEqual({ ...lineage, triggers: ['p/a'] })
    expect(lineage.triggers).toEqual([])
  })

  it('cuts a chain exactly where a schedule comes a second time, or below 16 levels', () => {
    fc.assert(
      fc.property(names, fc.constantFrom('p/a', 'p/b'), (triggers, next) => {
        for (const lineage of chainOf(triggers)) {
          const isCycle = triggers.slice(0, lineage.depth).includes(next)
          const inDepth = lineage.depth > 16 ? 'depth' : undefined
          expect(cutReason(lineage, next)).toBe(isCycle ? 'cycle' : inDepth)
        }
      }),
    )
  })

  it('never lets schedules that fire each other go on for ever', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.stringMatching(/^p\/[a-z]+$/)), (stream) => {
        let lineage = childOf(undefined, 'e0')
        let fired = 0
        for (const trigger of stream) {
          if (cutReason(lineage, trigger) !== undefined) break
          fired += 1
          lineage = childOf(throughTrigger(lineage, trigger), `e${fired}`)
        }
        expect(fired).toBeLessThanOrEqual(17)
      }),
    )
  })
})
