import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { run } from '../../../../src/cli/main.ts'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { collectedIo, freshKiln, KILN_PLANS, runCollected } from '../collected-io.ts'

const PIECE = '{"piece": "A1"}'

function argv(task: string, db: string, ...more: string[]): string[] {
  return ['run', task, '--plans', KILN_PLANS, '--db', db, ...more]
}

test('the world is moved into the required state, and the output stands alone on stdout', async () => {
  const { folder, db } = freshKiln('cold')
  const { code, stdout, stderr } = await runCollected(argv('kiln/fire', db, '--input', PIECE))
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual({ piece: 'A1', grams: 12 })
  expect(readFileSync(join(folder, 'kiln'), 'utf8')).toBe('loaded')
  const lines = stderr.split('\n')
  expect(lines[0]).toMatch(/^kiln\/fire {2}[0-9a-f-]{36}$/)
  expect(lines.slice(1)).toEqual([
    '  world  cold',
    '  path   cold ──HEAT 5──▶ hot.idle ──LOAD 2──▶ hot.loaded  cost 7',
    '  heat: cold → hot.idle',
    expect.stringMatching(/^ {2}✔ cold ──HEAT 5──▶ hot\.idle {2}heat, .* ms$/),
    '  load: hot.idle → hot.loaded',
    expect.stringMatching(/^ {2}✔ hot\.idle ──LOAD 2──▶ hot\.loaded {2}load, .* ms$/),
    '  fire runs',
    '  fire  50 %  glazing',
    '  · the door is closed piece=A1',
    expect.stringMatching(/^✔ completed in .* · cold → hot\.idle → hot\.loaded in .* · ran .* ms$/),
    '',
  ])
})

test('a world that is already there is left alone, and the run says so', async () => {
  const { db } = freshKiln('loaded')
  const { code, stderr } = await runCollected(argv('kiln/fire', db, '--input', PIECE))
  expect(code).toBe(0)
  expect(stderr).toContain('path   nothing to do')
  expect(stderr).not.toContain('▶')
})

test('with --json stdout is one object with output, trail and durations', async () => {
  const { db } = freshKiln('idle')
  const { code, stdout } = await runCollected(argv('kiln/fire', db, '--input', PIECE, '--json'))
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    id: expect.any(String),
    task: 'kiln/fire',
    status: 'completed',
    output: { piece: 'A1', grams: 12 },
    error: null,
    trail: { from: 'hot.idle', target: 'hot.loaded', steps: [{ event: 'LOAD', outcome: 'moved' }] },
    attempts: 0,
    duration: expect.any(Number),
    runDuration: expect.any(Number),
  })
})

test('a string is printed as it is', async () => {
  const { stdout } = await runCollected(argv('kiln/greet', freshKiln().db))
  expect(stdout).toBe('good morning\n')
})

test('a task that fails is exit code 1 with the error, its cause and where to read more', async () => {
  const { db } = freshKiln()
  const { code, stdout, stderr } = await runCollected(argv('kiln/crack', db))
  expect(code).toBe(1)
  expect(stdout).toBe('')
  expect(stderr).toContain('error: the glaze has cracked\n  caused by: cooled too fast')
  expect(stderr).toMatch(new RegExp(`setpoint tasks show [0-9a-f-]{36} --db ${db}`))
  expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^✖ failed \(error\) in /)
})

test('a world that no check recognises is a planning error, which spends no attempt', async () => {
  const { db } = freshKiln('melted')
  const { code, stdout } = await runCollected(argv('kiln/fire', db, '--input', PIECE, '--json'))
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    status: 'failed',
    error: { kind: 'planning', reason: 'undetectable' },
    attempts: 0,
  })
})

test('a failed attempt is shown and tried again', async () => {
  const { code, stderr } = await runCollected(argv('kiln/flaky', freshKiln().db))
  expect(code).toBe(0)
  expect(stderr).toContain('! attempt 1 of 2 failed: the thermocouple did not answer; again in')
  expect(stderr).toContain('flaky runs, attempt 2')
  expect(stderr).toContain('attempt 2 of 2')
})

test('input that does not fit the task is exit code 2, and nothing is stored', async () => {
  const { db } = freshKiln()
  const { code, stderr } = await runCollected(argv('kiln/fire', db, '--input', '{"piece": 1}'))
  expect(code).toBe(2)
  expect(stderr).toContain('the input of kiln/fire is not valid: piece')
  const { stdout } = await runCollected(['tasks', 'ls', '--db', db, '--json'])
  expect(JSON.parse(stdout).items).toEqual([])
})

test('no input is an empty map for a task that wants a map', async () => {
  const { code, stderr } = await runCollected(argv('kiln/fire', freshKiln().db))
  expect(code).toBe(2)
  expect(stderr).toContain('piece: ')
})

test('the first interrupt cancels the tasklet and waits for its end', async () => {
  const io = collectedIo()
  const { db } = freshKiln()
  const ended = run(argv('kiln/watch', db, '--json'), io)
  await io.said('watching')
  io.interrupt()
  expect(await ended).toBe(130)
  expect(JSON.parse(io.texts.stdout)).toMatchObject({
    status: 'cancelled',
    error: { kind: 'cancelled', message: 'interrupted by SIGINT' },
  })
  expect(io.exits).toEqual([])
})

test('the second interrupt exits at once', async () => {
  const io = collectedIo()
  const ended = run(argv('kiln/watch', freshKiln().db), io)
  await io.said('watching')
  io.interrupt('SIGTERM')
  io.interrupt('SIGTERM')
  expect(io.exits).toEqual([143])
  expect(await ended).toBe(143)
})

test('tasklets that wait from before are taken up, and the run says so', async () => {
  const { db } = freshKiln()
  await runCollected(argv('kiln/greet', db))
  const store = sqliteStore(db)
  await store.open()
  const { items } = await store.list({ limit: 1 })
  await store.insert(items.map((tasklet) => ({ ...waiting(tasklet), id: `${tasklet.id}x` })))
  await store.close()
  const { stderr } = await runCollected(argv('kiln/greet', db))
  expect(stderr).toContain('taking up tasklets from before: 1 waiting')
  const { stdout } = await runCollected(['tasks', 'ls', '--db', db, '--json'])
  const statuses = JSON.parse(stdout).items.map(({ status }: { status: string }) => status)
  expect(statuses).toEqual(['completed', 'completed', 'completed'])
})

function waiting<T extends object>(tasklet: T) {
  return {
    ...tasklet,
    status: 'pending',
    output: undefined,
    deliveries: 0,
    lease: undefined,
  } as const
}

test('the record says that somebody asked for it by hand', async () => {
  const { db } = freshKiln('loaded')
  const { stdout } = await runCollected(argv('kiln/fire', db, '--input', PIECE, '--json'))
  const store = sqliteStore(db)
  await store.open()
  onTestFinished(() => store.close())
  expect(await store.get(JSON.parse(stdout).id)).toMatchObject({ source: 'manual' })
})
