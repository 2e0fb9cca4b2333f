import { expect, test } from 'vitest'
import type { Status } from '../../../src/core/status.ts'
import type { OutboxKind } from '../../../src/ports/outbox.ts'
import { toEntries } from '../../../src/stores/outbox.ts'
import { NOW, newTasklet } from '../../../src/testing/store-contract/records.ts'

const BOTH = new Set<OutboxKind>(['ready', 'status'])

function kindsOf(from: Status | undefined, to: Status, kinds: ReadonlySet<OutboxKind> = BOTH) {
  const next = newTasklet({ status: to })
  const previous = from && { ...next, status: from }
  return toEntries(kinds, previous, next, NOW).map(({ kind }) => kind)
}

test('a record that has become pending is ready', () => {
  for (const from of [undefined, 'blocked', 'scheduled', 'retrying', 'running'] as const) {
    expect(kindsOf(from, 'pending')).toEqual(['status', 'ready'])
  }
})

test('a new status is noted, whichever it is', () => {
  expect(kindsOf(undefined, 'blocked')).toEqual(['status'])
  expect(kindsOf('pending', 'running')).toEqual(['status'])
  expect(kindsOf('running', 'completed')).toEqual(['status'])
})

test('what changes without a new status is not noted', () => {
  expect(kindsOf('pending', 'pending')).toEqual([])
  expect(kindsOf('running', 'running')).toEqual([])
})

test('only the kinds that are asked for are noted', () => {
  expect(kindsOf(undefined, 'pending', new Set(['ready']))).toEqual(['ready'])
  expect(kindsOf(undefined, 'pending', new Set(['status']))).toEqual(['status'])
  expect(kindsOf('running', 'completed', new Set(['ready']))).toEqual([])
  expect(kindsOf(undefined, 'pending', new Set())).toEqual([])
})

test('an entry says what became of which tasklet, and when', () => {
  const previous = newTasklet({ status: 'running', deliveries: 2, queue: 'slow', priority: 7 })
  const next = { ...previous, status: 'pending' } as const
  expect(toEntries(new Set(['ready']), previous, next, NOW)).toEqual([
    {
      kind: 'ready',
      id: next.id,
      plan: 'plan',
      task: 'task',
      queue: 'slow',
      priority: 7,
      from: 'running',
      to: 'pending',
      deliveries: 2,
      at: NOW,
    },
  ])
})
