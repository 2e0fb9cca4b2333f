import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { runCollected } from '../collected-io.ts'

const PLAN = `
setpoint: 1
name: rows
actions: ./actions.ts
tasks:
  load:
    steps:
      - { id: fetch, run: fetch, once: true }
      - { id: parse, run: parse }
`
const ACTIONS = `
export const fetch = () => 'rows'
export const parse = () => { throw new Error('no rows') }
`

let db = ''
let id = ''

beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-shown-steps-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  db = join(folder, 'setpoint.db')
  writeFileSync(join(folder, 'plan.yaml'), PLAN)
  writeFileSync(join(folder, 'actions.ts'), ACTIONS)
  const argv = ['run', 'rows/load', '--plans', folder, '--db', db, '--json']
  id = JSON.parse((await runCollected(argv)).stdout).id
})

test('a tasklet is shown with what is kept of its steps and the step that failed', async () => {
  const { stdout } = await runCollected(['tasks', 'show', id, '--db', db])
  expect(stdout).toMatch(/│ +✔ fetch\n/)
  expect(stdout).toMatch(/│ +✖ parse: no rows\n/)
  expect(stdout).toContain('error in step parse: no rows')
})

test('a dead letter names the step that failed', async () => {
  const { stdout } = await runCollected(['dlq', 'show', id, '--db', db])
  expect(stdout).toContain('error in step parse: no rows')
  const { stdout: json } = await runCollected(['dlq', 'show', id, '--db', db, '--json'])
  expect(JSON.parse(json).error).toMatchObject({ step: 'parse', message: 'no rows' })
})
