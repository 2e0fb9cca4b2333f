import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readNames } from '../../../../src/plan/folder/names.ts'

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-names-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'tasks'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

test('The names of a plan come from all of its files, and mistakes elsewhere do not hide them.', async () => {
  const folder = folderOf({
    'plan.yaml': `name: shop
actions: ./there-is-none.ts
tasks: { sell: { run: sell, nonsense: 1 } }
schedules: { nightly: { task: sell, cron: 'not one' } }
interrupts: { fire: { when: isHot, run: sell } }
`,
    'tasks/pack.yaml': 'run: pack\n',
    'tasks/sell.yaml': 'run: sell\n',
    'tasks/readme.txt': 'no task\n',
  })
  expect(await readNames(folder)).toEqual({
    plan: 'shop',
    tasks: ['sell', 'pack'],
    schedules: ['nightly'],
    interrupts: ['fire'],
  })
})

test.each([{ 'plan.yaml': 'tasks: {}' }, { 'plan.yaml': '{{{' }, { 'plan.yaml': 'name: [a]' }, {}])(
  'A folder without a plan that has a name has none: %o',
  async (files) => {
    expect(await readNames(folderOf(files))).toBeUndefined()
  },
)
