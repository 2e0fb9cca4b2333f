import { expect, test } from 'vitest'
import { formatFields, formatTable } from '../../../src/cli/table.ts'

const upper = (text: string) => text.toUpperCase()
const plain = (text: string) => text

test('columns are as wide as their widest cell, and styles do not change that', () => {
  const columns = [
    { title: 'name', style: upper },
    { title: 'n', align: 'right' },
    { title: 'note' },
  ] as const
  expect(
    formatTable(
      columns,
      [
        ['a', '1', ''],
        ['bcdef', '10', 'x'],
      ],
      plain,
    ),
  ).toBe(['name    n  note', 'A       1', 'BCDEF  10  x'].join('\n'))
})

test('the lines of a value stand below each other', () => {
  expect(
    formatFields(
      [
        ['a', '1'],
        ['long', 'x\ny'],
      ],
      upper,
    ),
  ).toBe('A     1\nLONG  x\n      y')
})
