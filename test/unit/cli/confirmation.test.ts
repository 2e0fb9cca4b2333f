import { expect, test } from 'vitest'
import { confirmed } from '../../../src/cli/confirmation.ts'
import type { Io } from '../../../src/cli/io.ts'
import { collectedIo } from './collected-io.ts'

function onTerminal(answer: string): Io {
  const io = collectedIo(answer)
  return {
    ...io,
    stdin: Object.assign(io.stdin, { isTTY: true }),
    stderr: Object.assign(io.stderr, { isTTY: true }),
  }
}

test.each([
  ['y\n', true],
  ['YES\n', true],
  ['\n', false],
  ['yesterday\n', false],
  ['', false],
])('on a terminal the answer %j means %s', async (answer, meant) => {
  expect(await confirmed('clear it?', {}, onTerminal(answer))).toBe(meant)
})

test('--yes answers without asking', async () => {
  const io = collectedIo()
  expect(await confirmed('clear it?', { yes: true }, io)).toBe(true)
  expect(io.texts.stderr).toBe('')
})

test('where nobody can be asked it is refused, with what to do', async () => {
  const answer = confirmed('clear it?', {}, collectedIo('y\n'))
  await expect(answer).rejects.toThrow('clear it? give --yes to do it, or --dry-run to look first')
})
