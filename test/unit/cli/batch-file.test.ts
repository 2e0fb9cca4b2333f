import { expect, test } from 'vitest'
import { readBatch } from '../../../src/cli/batch-file.ts'
import { collectedIo } from './collected-io.ts'

function read(text: string) {
  return readBatch('-', collectedIo(text).stdin)
}

test('a batch is a list in YAML or JSON', async () => {
  const yaml = '- { key: a, task: kiln/fire, input: { piece: A1 } }\n'
  expect(await read(yaml)).toEqual([{ key: 'a', task: 'kiln/fire', input: { piece: 'A1' } }])
  const json =
    '[{"key": "b", "task": "kiln/greet", "dependsOn": ["a"], "options": {"delay": "1h"}}]'
  expect(await read(json)).toEqual([
    { key: 'b', task: 'kiln/greet', dependsOn: ['a'], options: { delay: '1h' } },
  ])
})

test('every mistake is told with its place, what was expected, and a near name', async () => {
  const text = `
- key: a
  task: kiln/fire
  dependson: [b]
- key: ""
  task: kiln/greet
  options: { delay: soon, priority: 7000 }
`
  const failure = await read(text).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'invalid_input' })
  const message = String(failure)
  expect(message).toContain('standard input:4:3: the key "dependson" is not known here')
  expect(message).toContain('did you mean "dependsOn"?')
  expect(message).toContain('standard input:5:8: expected a text that is not empty')
  expect(message).toContain('standard input:7:21: expected a duration')
  expect(message).toContain('standard input:7:37: expected a whole number 0..1000')
})

test('text that is no YAML is told with its place', async () => {
  await expect(read('- { key: a')).rejects.toThrow(/standard input:1:11: .*\(yaml-syntax\)/)
})

test('a file that cannot be read is named', async () => {
  const reading = readBatch('/nowhere/batch.yaml', collectedIo().stdin)
  await expect(reading).rejects.toThrow('--batch /nowhere/batch.yaml cannot be read: ENOENT')
})
