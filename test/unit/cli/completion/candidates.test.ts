import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import {
  candidates,
  DEFAULT_DATABASE,
  valuesOf,
} from '../../../../src/cli/completion/candidates.ts'
import { DEFAULT_DATABASE as OF_THE_LIBRARY } from '../../../../src/create-runtime.ts'

const PLANS = join(import.meta.dirname, '../../../../plans')

async function names(kind: string, ...given: string[]) {
  return (await candidates(kind, given)).map(({ name }) => name)
}

test('Schedules and interrupts are offered under their full names.', async () => {
  expect(await names('schedule', '--plans', PLANS)).toContain('web-service/nightly')
  expect(await names('interrupt', '--plans', PLANS)).toContain('gpu-box/people-first')
})

test('What nobody knows, and folders without a plan, have no candidates.', async () => {
  expect(await names('colour')).toEqual([])
  expect(await names('task', '--plans', import.meta.dirname)).toEqual([])
  expect(await names('task', '--plans', join(import.meta.dirname, 'nowhere'))).toEqual([])
})

test('The values of an option are found in each of its forms.', () => {
  const given = ['run', '--plans', 'a', '--plans=b', '--plans', '=', 'c', '--db', 'd', '--plans']
  expect(valuesOf('--plans', given)).toEqual(['a', 'b', 'c'])
  expect(valuesOf('--db', given)).toEqual(['d'])
})

test('The database that is looked at is the one that every command opens.', () => {
  expect(DEFAULT_DATABASE).toBe(OF_THE_LIBRARY)
})

/** The files and packages that a module loads when it is imported, those of its imports included. */
function loaded(file: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(file)) return found
  found.add(file)
  const text = readFileSync(file, 'utf8')
  for (const [, names = '', from = ''] of text.matchAll(/^import ([^;]*?)from '(.+)'$/gm)) {
    if (names.startsWith('type ')) continue
    if (from.startsWith('.')) loaded(join(dirname(file), from), found)
    else if (!from.startsWith('node:')) found.add(from)
  }
  return found
}

test('A shell is answered without loading the runtime, or any package but the reader of YAML.', () => {
  const cli = join(import.meta.dirname, '../../../../src/cli')
  const all = [...loaded(join(cli, 'completion/complete.ts'))]
  expect(all.filter((each) => !each.endsWith('.ts'))).toEqual(['yaml'])
  expect(all.filter((each) => each.includes('/src/runtime/'))).toEqual([])
})
