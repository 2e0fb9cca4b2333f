import { expect, test } from 'vitest'
import type { ListedJournal } from '../../../../src/runtime/deliveries/journal.ts'
import type { KeptStep } from '../../../../src/runtime/deliveries/steps.ts'
import { Ledger } from '../../../../src/runtime/steps/ledger.ts'

function journalOf(kept: Map<string, KeptStep> = new Map()): ListedJournal {
  return {
    all: async () => kept,
    find: async (name) => kept.get(name),
    keep: async (name, output) => void kept.set(name, { output }),
  }
}

test('A step marked once is known to later deliveries, with what it does.', async () => {
  const journal = journalOf()
  const first = await Ledger.open(journal, { attempt: 1, delivery: 1 })
  expect(first.onceOutput('pay')).toBeUndefined()
  await first.keepOnce('pay', undefined, { at: 'pay', does: 'x' })
  expect(first.onceOutput('pay')).toEqual({ output: undefined })
  const later = await Ledger.open(journal, { attempt: 2, delivery: 2 })
  expect(later.onceOutput('pay')).toEqual({ output: undefined })
  expect(later.begun).toEqual([{ at: 'pay', does: 'x' }])
})

test('A journal of the version before, which kept outputs alone, can be read.', async () => {
  const journal = journalOf(new Map([['once/pay', { output: 5 }]]))
  const ledger = await Ledger.open(journal, { attempt: 1, delivery: 2 })
  expect(ledger.onceOutput('pay')).toEqual({ output: 5 })
  expect(ledger.begun).toEqual([])
})
