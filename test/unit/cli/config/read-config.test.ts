import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../../../src/cli/config/read-config.ts'
import { temporaryFolder } from '../../../support/plan-folders.ts'

function folderWith(name: string, text: string): string {
  const folder = temporaryFolder()
  writeFileSync(join(folder, name), text)
  return folder
}

test('a folder without the file has no configuration', async () => {
  expect(await readConfig(temporaryFolder())).toBeUndefined()
})

test('JSON and TypeScript say the same', async () => {
  const values = { port: 5000, queues: { bulk: { concurrency: 2 } } }
  const json = folderWith('setpoint.config.json', JSON.stringify(values))
  const module = folderWith('setpoint.config.ts', `export default ${JSON.stringify(values)}\n`)
  expect((await readConfig(json))?.values).toEqual(values)
  expect((await readConfig(module))?.values).toEqual(values)
})

test('an unknown key is refused with its place and the nearest name', async () => {
  const folder = folderWith(
    'setpoint.config.json',
    '{\n  "queues": { "bulk": { "concurency": 2 } }\n}\n',
  )
  const refusal = await readConfig(folder).catch((error: Error) => error.message)
  expect(refusal).toContain('setpoint.config.json:2:25')
  expect(refusal).toContain('did you mean "concurrency"?')
})

test('a value in a module is named by its path', async () => {
  const folder = folderWith(
    'setpoint.config.ts',
    'export default { lease: { duration: "soon" } }\n',
  )
  const refusal = await readConfig(folder).catch((error: Error) => error.message)
  expect(refusal).toContain('setpoint.config.ts, lease.duration: expected a duration')
})

test('a file that cannot be read, exports nothing, or is there twice is refused', async () => {
  const broken = folderWith('setpoint.config.json', '{ "port": ')
  await expect(readConfig(broken)).rejects.toThrow('setpoint.config.json cannot be used')
  const empty = folderWith('setpoint.config.ts', 'export const other = 1\n')
  await expect(readConfig(empty)).rejects.toThrow('exports nothing')
  const thrown = folderWith('setpoint.config.ts', 'throw new Error("no")\n')
  await expect(readConfig(thrown)).rejects.toThrow('cannot be loaded: no')
  const twice = folderWith('setpoint.config.json', '{}')
  writeFileSync(join(twice, 'setpoint.config.ts'), 'export default {}\n')
  await expect(readConfig(twice)).rejects.toThrow('keep one')
})
