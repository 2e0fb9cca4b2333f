import { describe, expect, it } from 'vitest'
import type { Fact } from '../../../../src/ports/store-messages.ts'
import { LearnedCosts } from '../../../../src/runtime/worlds/learned-costs.ts'

const EDGES = new Map([
  ['a --GO--> b', 2],
  ['b --BACK--> a', 1],
])
const GO = 'a --GO--> b'

/** Facts as the port promises them, with a way to make the store refuse. */
class Facts {
  readonly kept = new Map<string, Fact>()
  writes = 0
  refusal: Error | undefined

  async fact(_kind: string, key: string) {
    return this.kept.get(key)
  }

  async facts() {
    return [...this.kept.values()]
  }

  async writeFact(fact: Fact) {
    if (this.refusal !== undefined) throw this.refusal
    this.writes += 1
    const now = this.kept.get(fact.key)
    if (now !== undefined && now.version !== fact.version) return { written: false, fact: now }
    const next = { ...fact, value: structuredClone(fact.value), version: fact.version + 1 }
    this.kept.set(fact.key, next)
    return { written: true, fact: next }
  }
}

function learnedCosts(store: Facts, rest: { learning?: boolean; edges?: typeof EDGES } = {}) {
  const errors: unknown[] = []
  const { learning = true, edges = EDGES } = rest
  const failed = (error: unknown) => errors.push(error)
  const learned = new LearnedCosts({ store, learning, edges: () => edges, failed })
  return { learned, errors }
}

const ok = { ok: true, duration: 100 }
const failure = { ok: false, duration: 5 }

describe('LearnedCosts', () => {
  it('has no costs before anything was seen', async () => {
    const { learned } = learnedCosts(new Facts())
    await learned.load()
    expect(learned.costs('plan')).toBeUndefined()
  })

  it('makes an edge dearer at once when it fails, under another version', () => {
    const { learned } = learnedCosts(new Facts())
    learned.note('plan', GO, ok)
    const before = learned.costs('plan')
    learned.note('plan', GO, failure)
    const after = learned.costs('plan')
    expect(after?.cost(GO, 2)).toBeGreaterThan(before?.cost(GO, 2) ?? 0)
    expect(after?.version).not.toBe(before?.version)
  })

  it('remembers in the next process, and writes what came together once', async () => {
    const store = new Facts()
    const first = learnedCosts(store).learned
    first.note('plan', GO, ok)
    first.note('plan', GO, failure)
    const cost = first.costs('plan')?.cost(GO, 2)
    await first.close()
    expect(store.writes).toBe(1)
    const { learned } = learnedCosts(store)
    await learned.load()
    expect(learned.statistics('plan').get(GO)).toMatchObject({ runs: 2, failures: 1 })
    expect(learned.costs('plan')?.cost(GO, 2)).toBe(cost)
  })

  it('counts what two processes see', async () => {
    const store = new Facts()
    const [one, two] = [learnedCosts(store).learned, learnedCosts(store).learned]
    one.note('plan', GO, ok)
    two.note('plan', GO, failure)
    two.note('plan', 'b --BACK--> a', ok)
    await Promise.all([one.close(), two.close()])
    const { learned } = learnedCosts(store)
    await learned.load()
    expect(learned.statistics('plan').get(GO)).toMatchObject({ runs: 2, failures: 1 })
    expect(learned.statistics('plan').get('b --BACK--> a')).toMatchObject({ runs: 1 })
  })

  it('reports a write that fails and makes up for it later', async () => {
    const store = new Facts()
    const { learned, errors } = learnedCosts(store)
    store.refusal = new Error('disk full')
    learned.note('plan', GO, ok)
    await learned.close()
    expect(errors).toContain(store.refusal)
    store.refusal = undefined
    learned.note('plan', GO, ok)
    await learned.close()
    expect(store.kept.get('plan')?.value).toMatchObject({ edges: { [GO]: { runs: 2 } } })
  })

  it('drops edges that the plan no longer has', async () => {
    const store = new Facts()
    const before = learnedCosts(store).learned
    before.note('plan', GO, ok)
    before.note('plan', 'b --BACK--> a', ok)
    await before.close()
    const edges = new Map([['b --BACK--> a', 1]])
    const { learned } = learnedCosts(store, { edges })
    await learned.load()
    expect([...learned.statistics('plan').keys()]).toEqual(['b --BACK--> a'])
  })

  it('learns nothing when learning is off', async () => {
    const store = new Facts()
    const { learned } = learnedCosts(store, { learning: false })
    learned.note('plan', GO, failure)
    await learned.close()
    expect(learned.costs('plan')).toBeUndefined()
    expect(store.writes).toBe(0)
  })

  it('reports what it cannot read, and learns afresh over it', async () => {
    const store = new Facts()
    store.kept.set('plan', { kind: 'edge-costs', key: 'plan', value: { version: 9 }, version: 3 })
    const { learned, errors } = learnedCosts(store)
    await learned.load()
    expect(errors).toHaveLength(1)
    learned.note('plan', GO, ok)
    await learned.close()
    expect(store.kept.get('plan')).toMatchObject({ version: 4, value: { version: 1 } })
  })
})
