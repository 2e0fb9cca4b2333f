import { beforeEach, expect, test } from 'vitest'
import { run } from '../../../../src/cli/main.ts'
import { collectedIo, freshKiln, KILN_PLANS, runCollected } from '../collected-io.ts'

let db = ''

beforeEach(async () => {
  db = freshKiln().db
  await runCollected(['run', 'kiln/greet', '--plans', KILN_PLANS, '--db', db])
  await runCollected(['submit', 'kiln/greet', '--plans', KILN_PLANS, '--db', db])
})

test('health, counts and a row for each queue are shown', async () => {
  const { code, stdout } = await runCollected(['stats', '--db', db])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^health {2}ok\ntasks {3}1 pending · 1 completed\n\nqueue /)
  expect(stdout).toMatch(/\nmain +1 +0 +\d+ s .* ms .*[▁▂▃▄▅▆▇█]{15} {2}[▁▂▃▄▅▆▇█]{15}\n/)
  expect(stdout).toContain('times and throughput of the last 15 m\n')
})

test('with --json there is everything, and throughput minute by minute', async () => {
  const { stdout } = await runCollected(['stats', '--db', db, '--json', '--window', '5m'])
  const stats = JSON.parse(stdout)
  expect(stats).toMatchObject({
    window: 300_000,
    counts: { pending: 1, completed: 1 },
    health: { status: 'ok', reasons: [] },
    queues: [{ queue: 'main', depth: 1, completed: 1 }],
  })
  const [main] = stats.minutes
  expect(main.in).toHaveLength(5)
  expect(main.in.reduce((sum: number, count: number) => sum + count)).toBe(2)
  expect(main.out.reduce((sum: number, count: number) => sum + count)).toBe(1)
})

test('without a terminal, --watch shows it once', async () => {
  const { code, stdout } = await runCollected(['stats', '--db', db, '--watch'])
  expect(code).toBe(0)
  expect(stdout.match(/^health/gm)).toHaveLength(1)
})

test('on a terminal, --watch draws until Ctrl-C and gives the cursor back', async () => {
  const io = collectedIo()
  Object.assign(io.stdout, { isTTY: true, columns: 100 })
  const drawn = io.printed('health')
  const ended = run(['stats', '--db', db, '--watch'], io)
  await drawn
  io.interrupt()
  expect(await ended).toBe(0)
  expect(io.texts.stdout.endsWith('\u{1b}[?25h')).toBe(true)
})

test('retries of the window are pointed out', async () => {
  await runCollected(['run', 'kiln/flaky', '--plans', KILN_PLANS, '--db', db])
  const { stdout } = await runCollected(['stats', '--db', db])
  expect(stdout).toContain('\nrecent  retries 1\n')
})
