import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BROKEN_PLAN, freshKiln, KILN_PLANS, runCollected } from './collected-io.ts'

const PLANS = join(import.meta.dirname, '../../../plans/web-service')
const BOTH = ['--plans', KILN_PLANS, '--plans', BROKEN_PLAN]
const WARNING = 'warning: plan broken cannot be used: 5 mistakes; setpoint plan check'

test('a task runs although another plan is broken, which stderr tells', async () => {
  const { db } = freshKiln()
  const { code, stderr } = await runCollected(['run', 'kiln/greet', ...BOTH, '--db', db])
  expect(code).toBe(0)
  expect(stderr).toContain(WARNING)
})

test('a task is submitted, and a plan shown, although another plan is broken', async () => {
  const { db } = freshKiln()
  for (const argv of [
    ['submit', 'kiln/greet', ...BOTH, '--db', db],
    ['plan', 'graph', 'kiln', ...BOTH],
    ['plan', 'export', 'kiln', ...BOTH],
  ]) {
    const { code, stderr } = await runCollected(argv)
    expect(code).toBe(0)
    expect(stderr).toContain(WARNING)
  }
})

test('an interrupt and a schedule are switched although another plan is broken', async () => {
  const { db } = freshKiln()
  const plans = ['--plans', PLANS, '--plans', BROKEN_PLAN, '--db', db]
  for (const [group, rule] of [
    ['interrupt', 'web-service/crashed'],
    ['schedule', 'web-service/nightly'],
  ] as const) {
    for (const [command, state] of [
      ['disable', 'off'],
      ['enable', 'on'],
    ] as const) {
      const { code, stdout, stderr } = await runCollected([group, command, rule, ...plans])
      expect({ code, stdout }).toEqual({ code: 0, stdout: `${group} "${rule}" is ${state}\n` })
      expect(stderr).toContain(WARNING)
    }
  }
})

test.each(['interrupt', 'schedule'])(
  'each %s is listed although another plan is broken',
  async (what) => {
    const { db } = freshKiln()
    const plans = ['--plans', PLANS, '--plans', BROKEN_PLAN, '--db', db]
    const { code, stdout, stderr } = await runCollected([what, 'ls', ...plans])
    expect(code).toBe(0)
    expect(stdout).toContain('web-service/')
    expect(stderr).toContain(WARNING)
  },
)

test.each(['interrupt', 'schedule'])('no %s is listed when every plan is broken', async (what) => {
  const { db } = freshKiln()
  const { code, stdout } = await runCollected([what, 'ls', '--plans', BROKEN_PLAN, '--db', db])
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
})

test('a task of the broken plan does not run, and stderr shows every mistake', async () => {
  const { db } = freshKiln()
  const { code, stderr } = await runCollected(['run', 'broken/fire', ...BOTH, '--db', db])
  expect(code).toBe(2)
  expect(stderr).toContain('5 mistakes in the plan')
  expect(stderr).toContain('did you mean "cool"?')
})

test('where nothing is broken nothing is said of it', async () => {
  const { db } = freshKiln()
  const argv = ['run', 'kiln/greet', '--plans', KILN_PLANS, '--db', db]
  expect((await runCollected(argv)).stderr).not.toContain('warning')
})
