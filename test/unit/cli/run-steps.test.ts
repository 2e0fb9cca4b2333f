import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { run } from '../../../src/cli/main.ts'
import { collectedIo, runCollected } from './collected-io.ts'

const PLAN = `setpoint: 1
name: box
actions: ./actions.ts
tasks:
  pack:
    steps:
      - id: weigh
        run: weigh
      - id: seal
        run: seal
        onError: continue
      - sleep: 20ms
`
const ACTIONS = `export const weigh = () => 3
export const seal = () => { throw new Error('no tape') }
`

test('setpoint run shows a line for each step, and that a run waits', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-steps-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'plan.yaml'), PLAN)
  writeFileSync(join(folder, 'actions.ts'), ACTIONS)
  const db = join(folder, 'box.db')
  const { code, stderr } = await runCollected(['run', 'box/pack', '--plans', folder, '--db', db])
  expect(code).toBe(0)
  const lines = stderr.split('\n').slice(1, -2)
  expect(lines).toEqual([
    '  pack runs',
    '  pack weigh',
    expect.stringMatching(/^ {2}✔ weigh {2}.* ms$/),
    '  pack seal',
    expect.stringMatching(/^ {2}✖ seal {2}.* ms: no tape$/),
    expect.stringMatching(/^ {2}pack .*$/),
    expect.stringMatching(
      /^ {2}pack .* waits until .* at the latest, and holds nothing meanwhile$/,
    ),
    '  pack goes on',
    expect.stringMatching(/^ {2}✔ .* ms$/),
  ])
})

const WAITING = `setpoint: 1
name: box
tasks:
  pack:
    steps:
      - waitFor: { event: box.sealed }
`

test('setpoint run says that a run goes on when what it waits for has come, and nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-steps-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'plan.yaml'), WAITING)
  const db = ['--db', join(folder, 'box.db')]
  const io = collectedIo()
  const ended = run(['run', 'box/pack', '--plans', folder, ...db], io)
  await io.said('holds nothing meanwhile')
  expect((await runCollected(['events', 'emit', 'box.sealed', ...db])).code).toBe(0)
  expect(await ended).toBe(0)
  expect(io.texts.stderr).toContain('  pack goes on\n')
  expect(io.texts.stderr).not.toContain('given back')
})
