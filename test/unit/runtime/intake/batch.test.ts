import { describe, expect, it } from 'vitest'
import { InputError } from '../../../../src/core/errors.ts'
import { type BatchEntry, toBatch } from '../../../../src/runtime/intake/batch.ts'
import { newTasklet } from '../../../../src/testing/store-contract/records.ts'

function keysOf(entries: readonly BatchEntry[]): readonly string[] {
  let made = 0
  const newId = () => `id-${++made}`
  return [...toBatch(entries, newId, (_, id) => newTasklet({ id })).keys()]
}

const entry = (key: string, dependsOn?: BatchEntry['dependsOn']): BatchEntry =>
  dependsOn === undefined ? { key, task: 'plan/task' } : { key, task: 'plan/task', dependsOn }

describe('a batch', () => {
  it('stands in the order given where nothing depends on anything', () => {
    expect(keysOf([entry('b'), entry('a')])).toEqual(['b', 'a'])
  })

  it('puts dependencies before what needs them, also by names of their own', () => {
    expect(keysOf([entry('c', { left: 'b' }), entry('a'), entry('b', ['a'])])).toEqual([
      'a',
      'b',
      'c',
    ])
  })

  it('takes a chain that is longer than the call stack is deep', () => {
    const chain = Array.from({ length: 50_000 }, (_, index) =>
      entry(`k${index}`, [`k${index + 1}`]),
    )
    expect(keysOf(chain)[0]).toBe('k49999')
  })

  it.each<[string, BatchEntry[], RegExp]>([
    ['an empty key', [entry('')], /key of entry 0/],
    ['a key that comes twice', [entry('a'), entry('a')], /two entries with the key "a"/],
    ['a dependency on itself', [entry('a', ['a'])], /entry "a" depends on itself/],
    [
      'a circle, with its path',
      [entry('x', ['a']), entry('a', ['b']), entry('b', { c: 'c' }), entry('c', ['a'])],
      /circle: "a" → "b" → "c" → "a"/,
    ],
  ])('is refused with %s', (_, entries, message) => {
    expect(() => keysOf(entries)).toThrow(InputError)
    expect(() => keysOf(entries)).toThrow(message)
  })

  it('names the entry that is wrong', () => {
    const build = () => {
      throw new InputError('no such task')
    }
    expect(() => toBatch([entry('a')], () => 'id', build)).toThrow('entry "a": no such task')
  })
})
