import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readInput } from '../../../src/cli/input.ts'
import { InputError } from '../../../src/core/errors.ts'
import { collectedIo, freshKiln } from './collected-io.ts'

test('input is JSON on the command line, in a file or on standard input', async () => {
  const file = join(freshKiln().folder, 'input.json')
  writeFileSync(file, '\u{FEFF}{"from": "file"}\n')
  const { stdin } = collectedIo('{"from": "stdin"}')
  expect(await readInput('{"from": "option"}', stdin)).toEqual({ from: 'option' })
  expect(await readInput(`@${file}`, stdin)).toEqual({ from: 'file' })
  expect(await readInput('-', stdin)).toEqual({ from: 'stdin' })
})

test('bad JSON is refused with its line, its column and a caret under the place', async () => {
  const file = join(freshKiln().folder, 'input.json')
  writeFileSync(file, '{\n  "piece": A1\n}\n')
  const error = await readInput(`@${file}`, collectedIo().stdin).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(InputError)
  expect((error as Error).message.split('\n')).toEqual([
    `${file} is not JSON: line 2, column 12: "A" is not expected here`,
    '    "piece": A1',
    '             ^',
  ])
})

test('JSON that ends too early is refused at its end', async () => {
  await expect(readInput('{"piece":', collectedIo().stdin)).rejects.toThrow(
    '--input is not JSON: line 1, column 10: the text ends too early',
  )
})

test('a file that cannot be read is refused with the reason', async () => {
  const file = join(freshKiln().folder, 'missing.json')
  await expect(readInput(`@${file}`, collectedIo().stdin)).rejects.toThrow(InputError)
  await expect(readInput(`@${file}`, collectedIo().stdin)).rejects.toThrow('ENOENT')
})
