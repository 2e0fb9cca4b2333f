import { expect, test } from 'vitest'
import { checkClock, checkNode } from '../../../../src/cli/doctor/machine.ts'
import { BROKEN_PLAN, freshKiln, KILN_PLANS, runCollected } from '../collected-io.ts'

async function doctor(...argv: string[]) {
  return runCollected(['doctor', '--db', freshKiln().db, ...argv])
}

test('Each finding is a line with a mark, and where all is well the exit code is 0.', async () => {
  const { code, stdout } = await doctor('--plans', KILN_PLANS)
  expect(code).toBe(0)
  const lines = stdout.trimEnd().split('\n')
  expect(lines[0]).toMatch(/^✔ setpoint {2}\d+\.\d+\.\d+ on Node \d+/)
  expect(stdout).toMatch(/^✔ plan {6}kiln, \d+ tasks$/m)
  expect(lines.at(-1)).toMatch(/^(all is well|1 warning)$/)
})

test('A broken plan is a problem with the command that shows it, and exit code 1.', async () => {
  const { code, stdout } = await doctor('--plans', KILN_PLANS, '--plans', BROKEN_PLAN)
  expect(code).toBe(1)
  expect(stdout).toMatch(
    /^✖ plan {6}broken cannot be used: .*\n +→ 5 mistakes: `setpoint plan check /m,
  )
  expect(stdout).toMatch(/^✔ plan {6}kiln/m)
  expect(stdout).toMatch(/^1 problem, /m)
})

test('With --json there is everything, and whether it is well.', async () => {
  const { code, stdout } = await doctor('--plans', BROKEN_PLAN, '--json')
  expect(code).toBe(1)
  const { ok, checks } = JSON.parse(stdout)
  expect(ok).toBe(false)
  const broken = checks.filter(({ status }: { status: string }) => status === 'problem')
  expect(broken).toEqual([
    { name: 'plan', status: 'problem', message: expect.any(String), fix: expect.any(String) },
  ])
})

test('A server that is not there is exit code 1, and the database is left alone.', async () => {
  const { code, stdout } = await runCollected(['doctor', '--url', 'http://127.0.0.1:1'])
  expect(code).toBe(1)
  expect(stdout).toContain('does not answer')
  expect(stdout).not.toContain('database')
})

test('What is no address is exit code 2.', async () => {
  const { code, stderr } = await runCollected(['doctor', '--url', 'localhost:4680'])
  expect(code).toBe(2)
  expect(stderr).toContain('such as http://127.0.0.1:4680')
})

test.each(['0', '99999', '1.5', 'http'])('"%s" is no port, which is exit code 2.', async (port) => {
  const { code, stderr } = await doctor('--port', port)
  expect(code).toBe(2)
  expect(stderr).toContain('from 1 to 65535')
})

test('A Node that is too old, and a clock that cannot be right, are problems.', () => {
  expect(checkNode('22.4.0')).toMatchObject({ status: 'problem' })
  expect(checkNode('24.0.0')).toMatchObject({ status: 'ok' })
  expect(checkClock(0)).toMatchObject({ status: 'problem' })
  expect(checkClock(Date.UTC(2030, 1))).toMatchObject({ status: 'ok' })
})
