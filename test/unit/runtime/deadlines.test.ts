import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Deadline, Deadlines } from '../../../src/runtime/deadlines.ts'
import { ManualClock } from '../../support/manual-clock.ts'

/** The deadlines under test, and a plain list that says what must happen. */
class Watched {
  readonly clock = new ManualClock()
  readonly #deadlines = new Deadlines(this.clock)
  readonly #happened: number[] = []
  #expected: { at: number; id: number; deadline: Deadline }[] = []
  #ids = 0

  add(after: number): void {
    const [at, id] = [this.clock.now() + after, this.#ids++]
    const deadline = this.#deadlines.add(at, () => this.#happened.push(id))
    this.#expected.push({ at, id, deadline })
  }

  cancel(pick: number): void {
    const [picked] = this.#expected.splice(pick % Math.max(this.#expected.length, 1), 1)
    if (picked !== undefined) this.#deadlines.cancel(picked.deadline)
  }

  async pass(time: number): Promise<void> {
    const end = this.clock.now() + time
    const due = this.#expected.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)
    this.#expected = this.#expected.filter(({ at }) => at > end)
    this.#happened.length = 0
    await this.clock.advance(time)
    const times = new Map(due.map(({ id, at }) => [id, at]))
    expect(this.#happened.map((id) => times.get(id))).toEqual(due.map(({ at }) => at))
    expect(new Set(this.#happened)).toEqual(new Set(times.keys()))
  }
}

type Step = (watched: Watched) => unknown

const add = fc.integer({ min: -5, max: 40 }).map(
  (after): Step =>
    (watched) =>
      watched.add(after),
)
const cancel = fc.nat().map(
  (pick): Step =>
    (watched) =>
      watched.cancel(pick),
)
const pass = fc.integer({ min: 0, max: 15 }).map(
  (time): Step =>
    (watched) =>
      watched.pass(time),
)

describe('Deadlines', () => {
  it('happen as a sorted list says, whatever is added, cancelled and waited for', async () => {
    const steps = fc.array(fc.oneof({ weight: 3, arbitrary: add }, cancel, pass), { maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(steps, async (steps) => {
        const watched = new Watched()
        for (const step of steps) {
          await step(watched)
          expect(watched.clock.pending).toBeLessThanOrEqual(1)
        }
        await watched.pass(100)
        expect(watched.clock.pending).toBe(0)
      }),
    )
  })

  it('never come before their time', async () => {
    const clock = new ManualClock()
    const deadlines = new Deadlines(clock)
    let happenedAt = 0
    deadlines.add(clock.now() + 100, () => {
      happenedAt = clock.now()
    })
    await clock.advance(99)
    expect(happenedAt).toBe(0)
    await clock.advance(1)
    expect(happenedAt).toBe(clock.now())
  })

  it('may be added and cancelled by one another while they happen', async () => {
    const clock = new ManualClock()
    const deadlines = new Deadlines(clock)
    const seen: string[] = []
    const at = clock.now() + 10
    deadlines.add(at, () => {
      seen.push('first')
      deadlines.cancel(second)
      deadlines.add(clock.now(), () => seen.push('now'))
      deadlines.add(clock.now() + 5, () => seen.push('later'))
    })
    const second = deadlines.add(at + 1, () => seen.push('second'))
    await clock.advance(20)
    expect(seen).toEqual(['first', 'now', 'later'])
  })

  it('keep what is live when thousands are cancelled', async () => {
    const clock = new ManualClock()
    const deadlines = new Deadlines(clock)
    const seen: number[] = []
    const all = Array.from({ length: 5000 }, (_, index) => {
      const after = (index * 7919) % 5000
      return deadlines.add(clock.now() + after, () => seen.push(after))
    })
    for (const deadline of all) {
      if ((deadline.at - clock.now()) % 10 !== 0) deadlines.cancel(deadline)
    }
    await clock.advance(5000)
    expect(seen).toEqual(Array.from({ length: 500 }, (_, index) => index * 10))
    expect(clock.pending).toBe(0)
  })

  it('never happen once closed, and leave no timer', async () => {
    const clock = new ManualClock()
    const deadlines = new Deadlines(clock)
    const seen: string[] = []
    const deadline = deadlines.add(clock.now() + 10, () => seen.push('late'))
    deadlines.close()
    deadlines.cancel(deadline)
    expect(clock.pending).toBe(0)
    await clock.advance(100)
    expect(seen).toEqual([])
  })
})
