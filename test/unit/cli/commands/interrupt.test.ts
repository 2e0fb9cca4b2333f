import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { loadPlan } from '../../../../src/plan/load.ts'
import { RuleFact, type RuleMemory } from '../../../../src/runtime/interrupts/memory.ts'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { freshKiln, KILN_PLANS, runCollected } from '../collected-io.ts'

const PLAN = join(import.meta.dirname, '../../../../plans/gpu-box')
const RULE = 'gpu-box/people-first'

let db = ''

beforeEach(() => {
  db = freshKiln().db
})

function interrupt(...argv: string[]) {
  return runCollected(['interrupt', ...argv, '--plans', PLAN, '--db', db])
}

async function listed() {
  return JSON.parse((await interrupt('ls', '--json')).stdout).items
}

/** What a process that works with the rule writes down. */
async function remember(changes: Partial<RuleMemory>): Promise<void> {
  const [rule] = (await loadPlan(PLAN)).interrupts
  if (rule === undefined) throw new Error('the plan has no interrupt')
  const store = sqliteStore(db)
  await store.open()
  await new RuleFact(rule, store).change(changes)
  await store.close()
}

test('the interrupts of the plans are listed, and looking makes no database', async () => {
  const { code, stdout } = await interrupt('ls')
  expect(code).toBe(0)
  const rows = stdout.trimEnd().split('\n')
  expect(rows.map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['interrupt', 'state', 'when', 'run', 'scope', 'victims', 'fired'],
    [RULE, 'on', 'isPersonWaiting', 'answer-person', 'plan', 'requeue', '-'],
  ])
  expect(existsSync(db)).toBe(false)
})

test('an interrupt is switched off before anything has run, and on again', async () => {
  const off = await interrupt('disable', RULE)
  expect(off).toMatchObject({ code: 0, stdout: `interrupt "${RULE}" is off\n` })
  expect(await listed()).toMatchObject([{ name: RULE, state: 'off', enabled: false }])
  expect((await interrupt('enable', RULE)).stdout).toBe(`interrupt "${RULE}" is on\n`)
  expect(await listed()).toMatchObject([{ name: RULE, state: 'on', enabled: true }])
})

test('switching keeps what else is remembered, and says that an answer is under way', async () => {
  await remember({ firedAt: 1000, handler: 'h1' })
  const { stdout } = await interrupt('disable', RULE)
  expect(stdout).toBe(`interrupt "${RULE}" is off, and its answer is under way\n`)
  expect(await listed()).toMatchObject([
    { state: 'answering', enabled: false, firedAt: 1000, handler: 'h1' },
  ])
  expect((await interrupt('ls')).stdout).toMatch(/answering, then off .* \d+ d ago\n$/)
})

test('an interrupt that cools down is told from one that may fire', async () => {
  await remember({ cooldownUntil: Number.MAX_SAFE_INTEGER })
  expect(await listed()).toMatchObject([{ state: 'cooling' }])
  await remember({ cooldownUntil: 1000 })
  expect(await listed()).toMatchObject([{ state: 'on', cooldownUntil: 1000 }])
})

test('with --json a switch prints the rule as the list has it', async () => {
  const { stdout } = await interrupt('disable', RULE, '--json')
  expect([JSON.parse(stdout)]).toEqual(await listed())
})

test.each([
  ['people-first', `there is no interrupt "people-first"; did you mean "${RULE}"?`],
  ['gpu-box/person-first', `there is no interrupt "gpu-box/person-first"; did you mean "${RULE}"?`],
])(
  'an interrupt "%s" that is none is exit code 2, and nothing is stored',
  async (name, message) => {
    const { code, stderr } = await interrupt('disable', name)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(existsSync(db)).toBe(false)
  },
)

test('plans without interrupts are said to have none', async () => {
  const argv = ['interrupt', 'ls', '--plans', KILN_PLANS, '--db', db]
  const { code, stdout, stderr } = await runCollected(argv)
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: '',
    stderr: 'no plan has an interrupt\n',
  })
})

test('a database that is none is exit code 3', async () => {
  const { code } = await runCollected(['interrupt', 'ls', '--plans', PLAN, '--db', PLAN])
  expect(code).toBe(3)
})
