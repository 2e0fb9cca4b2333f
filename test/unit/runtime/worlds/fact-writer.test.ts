import { expect, test } from 'vitest'
import type { Fact } from '../../../../src/ports/store-messages.ts'
import { FactWriter, writeFact } from '../../../../src/runtime/worlds/fact-writer.ts'

const NAME = { kind: 'count', key: 'one' }

/** One fact, as the port promises it, with a way to refuse. */
class OneFact {
  kept: Fact | undefined
  writes = 0
  refusal: Error | undefined

  async writeFact(fact: Fact) {
    this.writes += 1
    if (this.refusal !== undefined) throw this.refusal
    if (this.kept !== undefined && this.kept.version !== fact.version) {
      return { written: false, fact: this.kept }
    }
    this.kept = { ...fact, version: fact.version + 1 }
    return { written: true, fact: this.kept }
  }
}

function counter(store: OneFact, met: (fact: Fact) => 'ours' | 'theirs' = () => 'ours') {
  const source = { count: 0, errors: [] as unknown[], told: [] as unknown[] }
  const writer = new FactWriter(store, NAME, {
    value: () => source.count,
    met,
    written: ({ value }) => source.told.push(value),
    failed: (error) => source.errors.push(error),
  })
  const count = () => {
    source.count += 1
    writer.changed()
  }
  return { source, writer, count }
}

test('changes that are made together are written once', async () => {
  const store = new OneFact()
  const { count, writer, source } = counter(store)
  count()
  count()
  await writer.close()
  expect(store).toMatchObject({ writes: 1, kept: { value: 2, version: 1 } })
  expect(source.told).toEqual([2])
})

test('what another has written is met, and written over where ours stands', async () => {
  const store = new OneFact()
  store.kept = { ...NAME, value: 7, version: 4 }
  const { count, writer } = counter(store)
  count()
  await writer.close()
  expect(store.kept).toMatchObject({ value: 1, version: 5 })
})

test('what is given up is not written, and the next change writes over what was met', async () => {
  const store = new OneFact()
  store.kept = { ...NAME, value: 7, version: 4 }
  const { count, writer, source } = counter(store, () => 'theirs')
  count()
  await writer.close()
  expect(store.kept).toMatchObject({ value: 7, version: 4 })
  expect(source.told).toEqual([])
  count()
  await writer.close()
  expect(store.kept).toMatchObject({ value: 2, version: 5 })
})

test('a write that fails is reported and made up for by the next', async () => {
  const store = new OneFact()
  const { count, writer, source } = counter(store)
  store.refusal = new Error('disk full')
  count()
  await writer.close()
  expect(source.errors).toContain(store.refusal)
  store.refusal = undefined
  await writer.close()
  expect(store.kept).toMatchObject({ value: 1 })
})

test('a single write rejects as the store does', async () => {
  const store = new OneFact()
  store.refusal = new Error('disk full')
  const source = { value: () => 1, met: () => 'ours' as const }
  await expect(writeFact(store, { ...NAME, version: 0 }, source)).rejects.toThrow('disk full')
})
