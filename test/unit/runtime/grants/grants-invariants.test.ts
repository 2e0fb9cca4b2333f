import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Delivery } from '../../../../src/runtime/deliveries/delivery.ts'
import { type GrantLimits, Grants } from '../../../../src/runtime/grants/grants.ts'
import { NOW } from '../../../../src/testing/store-contract/records.ts'
import { makeDelivery } from '../../../support/deliveries.ts'

const SLOTS: Record<string, number> = { main: 3, event: 1 }
const CAPACITY: Record<string, number> = { gpu: 1, vram: 8 }

const limits: GrantLimits = {
  slots: (queue) => SLOTS[queue] ?? 0,
  pool: (_, resource) => ({ key: resource, capacity: CAPACITY[resource] ?? 0 }),
  transitionUnits: () => ({}),
  hasExclusive: () => false,
  now: () => NOW,
  believed: () => undefined,
  maxAffinityWait: 30_000,
}

interface Wanted {
  readonly queue: string
  readonly priority: number
  readonly resources: Record<string, number>
  readonly requires: readonly string[]
}

const wanted = fc.record<Wanted>({
  queue: fc.constantFrom('main', 'main', 'event'),
  priority: fc.constantFrom(0, 500, 900),
  resources: fc.record(
    { gpu: fc.constant(1), vram: fc.integer({ min: 1, max: 8 }) },
    { requiredKeys: [] },
  ),
  requires: fc.constantFrom([], [], ['hot'], ['cold'], ['hot', 'cold']),
})

type Step = Wanted | { readonly release: number }

/** Deliveries with the grants under test; after each step everything that must hold is looked at. */
class Watched {
  readonly holders = new Set<Delivery>()
  waiters: Delivery[] = []
  #sequence = 0
  readonly grants = new Grants(limits, (delivery) => {
    expect(delivery.granted).toBe(true)
    expect(this.waiters).toContain(delivery)
    this.waiters = this.waiters.filter((waiter) => waiter !== delivery)
    this.holders.add(delivery)
  })

  request({ resources, ...tasklet }: Wanted): void {
    this.#sequence += 1
    const delivery = makeDelivery({ ...tasklet, sequence: this.#sequence }, { resources })
    if (this.grants.request(delivery)) this.holders.add(delivery)
    else this.waiters.push(delivery)
    const [state] = tasklet.requires
    const alone = delivery.granted && this.grants.shared(delivery) === undefined
    if (state !== undefined && alone) this.grants.share(delivery, [state])
  }

  release(pick: number): void {
    const all = [...this.holders, ...this.waiters]
    const delivery = all[pick % Math.max(all.length, 1)]
    if (delivery === undefined) return
    this.holders.delete(delivery)
    this.waiters = this.waiters.filter((waiter) => waiter !== delivery)
    this.grants.release(delivery)
    this.#shareAlone()
  }

  /** Whoever got the world alone has brought it where it wants it. */
  #shareAlone(): void {
    for (const holder of [...this.holders]) {
      const [state] = holder.tasklet.requires
      if (state === undefined || this.grants.shared(holder) !== undefined) continue
      this.grants.share(holder, [state])
    }
  }

  expectWithinLimits(): void {
    for (const [queue, slots] of Object.entries(SLOTS)) {
      const held = this.#held(({ tasklet }) => (tasklet.queue === queue ? 1 : 0))
      expect(held).toBeLessThanOrEqual(slots)
      expect(this.grants.room(queue)).toBe(slots - held)
    }
    for (const [name, capacity] of Object.entries(CAPACITY)) {
      expect(this.#held(({ task }) => task?.resources[name] ?? 0)).toBeLessThanOrEqual(capacity)
    }
    const needs = [...this.holders].filter(({ tasklet }) => tasklet.requires.length > 0)
    const common = ['hot', 'cold'].some((state) =>
      needs.every(({ tasklet }) => tasklet.requires.includes(state)),
    )
    expect(common).toBe(true)
    expect([...this.holders].every(({ granted }) => granted)).toBe(true)
    expect(this.waiters.some(({ granted }) => granted)).toBe(false)
  }

  #held(units: (holder: Delivery) => number): number {
    return [...this.holders].reduce((sum, holder) => sum + units(holder), 0)
  }
}

describe('Grants, whatever is asked for and given back', () => {
  const release = fc.record({ release: fc.nat() })
  const steps = fc.array(fc.oneof<fc.Arbitrary<Step>[]>(wanted, release), { maxLength: 40 })

  it('never exceed a limit, let waiters hold nothing, and serve everybody in the end', () => {
    fc.assert(
      fc.property(steps, (steps) => {
        const watched = new Watched()
        for (const step of steps) {
          if ('release' in step) watched.release(step.release)
          else watched.request(step)
          watched.expectWithinLimits()
        }
        while (watched.holders.size > 0) {
          watched.release(0)
          watched.expectWithinLimits()
        }
        expect(watched.waiters).toEqual([])
        expect(watched.grants.room('main')).toBe(SLOTS['main'])
      }),
      { numRuns: 300 },
    )
  })
})
