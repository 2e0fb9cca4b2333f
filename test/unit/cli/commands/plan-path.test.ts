import { expect, test } from 'vitest'
import { freshKiln, KILN_PLANS, runCollected } from '../collected-io.ts'

function path(target: string, ...more: string[]) {
  return runCollected(['plan', 'path', 'kiln', target, '--plans', KILN_PLANS, ...more])
}

test('the path is one line, and a table with costs and their total', async () => {
  const { code, stdout } = await path('hot.loaded', '--from', 'cold')
  expect(code).toBe(0)
  expect(stdout.split('\n')).toEqual([
    'cold ──HEAT 5──▶ hot.idle ──LOAD 2──▶ hot.loaded',
    '',
    '   from      event  to          task   cost',
    '1  cold      HEAT   hot.idle    heat      5',
    '2  hot.idle  LOAD   hot.loaded  load      2',
    '                                total     7',
    '',
  ])
})

test('without --from the checks say where the world is', async () => {
  freshKiln('idle')
  const { code, stdout } = await path('hot.loaded', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual({
    plan: 'kiln',
    version: expect.stringMatching(/^[0-9a-f]{64}$/),
    from: ['hot.idle'],
    target: 'hot.loaded',
    outcome: 'reachable',
    cost: 2,
    path: [{ event: 'LOAD', task: 'load', from: 'hot.idle', to: 'hot.loaded', cost: 2 }],
  })
})

test('a state that already holds needs no path', async () => {
  const { code, stdout } = await path('hot', '--from', 'hot.idle')
  expect(code).toBe(0)
  expect(stdout).toBe('hot.idle  already there, nothing to do\n')
})

test('no path is exit code 1 with the reasons', async () => {
  const text = await path('cold', '--from', 'broken')
  expect(text).toMatchObject({ code: 1, stdout: '' })
  expect(text.stderr).toContain('unreachable: no path leads from broken to cold')
  const { code, stdout } = await path('cold', '--from', 'broken', '--json')
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'unreachable', refused: [] })
})

test('a world that no check recognises is exit code 1 with what each check said', async () => {
  freshKiln('melted')
  const { code, stdout, stderr } = await path('cold')
  expect(code).toBe(1)
  expect(stdout).toBe('')
  expect(stderr).toContain(
    'undetectable: the checks do not say where the world is\n  cold: false\n',
  )
  expect(stderr).toContain('--from STATE')
})

test('a check that fails is named with its reason', async () => {
  freshKiln()
  process.env['SETPOINT_TEST_KILN'] = '/nowhere/kiln'
  const { code, stdout } = await path('cold', '--json')
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    outcome: 'check',
    evidence: expect.arrayContaining([
      {
        state: 'cold',
        answer: 'error',
        duration: expect.any(Number),
        reason: expect.stringContaining('ENOENT'),
      },
    ]),
  })
})

test('--why says what each edge was seen to cost, and why there is no other way', async () => {
  const { code, stdout } = await path('hot.loaded', '--from', 'cold', '--why')
  expect(code).toBe(0)
  expect(stdout).toContain('declared  cost  runs  success  duration')
  expect(stdout).toContain('no other way: no path leads from cold to hot.loaded')
})

test('--why reads a database that is named, and makes none', async () => {
  const { code, stderr } = await path(
    'hot',
    '--from',
    'cold',
    '--why',
    '--db',
    '/nowhere/at/all.db',
  )
  expect(code).not.toBe(0)
  expect(stderr).toContain('there is no database at /nowhere/at/all.db')
})
