import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { run } from '../../../../src/cli/main.ts'
import { collectedIo, freshKiln, KILN_PLANS, runCollected } from '../collected-io.ts'

const worker = (...flags: string[]) =>
  runCollected(['worker', '--plans', KILN_PLANS, '--db', freshKiln().db, ...flags])

test.each([[['--work', 'main', '--no-work']], [['--no-work', '--work', 'main']]])(
  'serve %j is refused',
  async (flags) => {
    const { code, stderr } = await runCollected(['serve', ...flags])
    expect(code).toBe(2)
    expect(stderr).toContain('give --work or --no-work, not both')
  },
)

test('A queue that nobody declares is refused, and so is a worker without any.', async () => {
  const unknown = await worker('--work', 'reports')
  expect(unknown.code).toBe(2)
  expect(unknown.stderr).toContain('there is no queue "reports"; there are main, event, interrupt')

  const { folder } = freshKiln()
  writeFileSync(join(folder, 'setpoint.config.json'), '{"work": []}')
  const before = process.cwd()
  process.chdir(folder)
  onTestFinished(() => process.chdir(before))
  const none = await worker()
  expect(none.code).toBe(2)
  expect(none.stderr).toContain('a worker with no queue would do nothing')
})

test('A broker that cannot be one is refused, without its password.', async () => {
  const { code, stderr } = await worker('--dispatch', 'redis://:s3/cret@host')
  expect(code).toBe(2)
  expect(stderr).toMatch(/^error: redis:\/\/… is no URL: write %40 for an "@"/)
})

test('A worker says that it works, goes on without its broker, and ends with 0 when told.', async () => {
  const io = collectedIo()
  const flags = ['--plans', KILN_PLANS, '--db', freshKiln().db]
  const ending = run(['worker', ...flags, '--dispatch', 'redis://:s3cret@127.0.0.1:1'], io)
  await io.printed('working ')
  io.interrupt('SIGTERM')
  expect(await ending).toBe(0)
  expect(io.texts.stderr).toContain('the broker for dispatch (bullmq) is out of reach')
  expect(io.texts.stderr).not.toContain('s3cret')
})
