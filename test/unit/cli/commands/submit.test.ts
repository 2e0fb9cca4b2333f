import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { freshKiln, KILN_PLANS, runCollected } from '../collected-io.ts'

let kiln = { folder: '', db: '' }

beforeEach(() => {
  kiln = freshKiln()
})

function submit(...argv: string[]) {
  return runCollected(['submit', ...argv, '--plans', KILN_PLANS, '--db', kiln.db])
}

async function submitted(...argv: string[]) {
  return JSON.parse((await submit(...argv, '--json')).stdout)
}

async function show(id: string) {
  return JSON.parse((await runCollected(['tasks', 'show', id, '--db', kiln.db, '--json'])).stdout)
}

async function listed() {
  const { stdout } = await runCollected(['tasks', 'ls', '--db', kiln.db, '--json'])
  return JSON.parse(stdout).items
}

test('a submission makes the database, prints the id and runs nothing', async () => {
  const { code, stdout, stderr } = await submit('kiln/fire', '--input', '{"piece": "A1"}')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^[0-9a-f-]{36}\n$/)
  expect(stderr).toBe('kiln/fire is stored: pending\n')
  expect(await show(stdout.trim())).toMatchObject({
    status: 'pending',
    source: 'manual',
    input: { piece: 'A1', grams: 12 },
    deliveries: 0,
  })
})

test('every option reaches the record', async () => {
  const { id } = await submitted(
    ...['kiln/greet', '--priority', 'low', '--delay', '2h', '--queue', 'slow', '--key', 'k'],
    ...['--unique', 'u', '--unique-for', '1d', '--group', 'g', '--tag', 'a', '--tag', 'b'],
    ...['--expires', '3h', '--timeout', '5s', '--retry', '4'],
  )
  const tasklet = await show(id)
  expect(tasklet).toMatchObject({
    status: 'scheduled',
    priority: 900,
    queue: 'slow',
    idempotencyKey: 'k',
    group: 'g',
    tags: ['a', 'b'],
    timeout: 5000,
    maxAttempts: 4,
  })
  const { createdAt } = tasklet
  expect(tasklet.notBefore - createdAt).toBe(7_200_000)
  expect(tasklet.expiresAt - createdAt).toBe(10_800_000)
  expect(tasklet.unique).toMatchObject({ key: 'u', until: createdAt + 86_400_000 })
})

test('a queue that is not built in is pointed out', async () => {
  const { stderr } = await submit('kiln/greet', '--queue', 'mian')
  expect(stderr).toContain('only a runtime that declares the queue "mian" will run it')
})

test('the same key again answers with the first tasklet and why', async () => {
  const first = await submitted('kiln/greet', '--key', 'k')
  const again = await submitted('kiln/greet', '--key', 'k')
  expect(again).toMatchObject({ id: first.id, created: false, reason: 'idempotency-key' })
  const { code, stderr } = await submit('kiln/greet', '--key', 'k')
  expect(code).toBe(0)
  expect(stderr).toBe(`not new: ${first.id} has this idempotency key and is pending\n`)
})

test('a tasklet waits for what it depends on, named by the start of an id', async () => {
  const first = await submitted('kiln/greet')
  const { id, status } = await submitted(
    ...['kiln/greet', '--depends-on', `hello=${first.id.slice(0, 30)}`],
    ...['--on-dependency-failure', 'run'],
  )
  expect(status).toBe('blocked')
  expect(await show(id)).toMatchObject({
    dependencies: [{ key: 'hello', id: first.id }],
    onDependencyFailure: 'run',
  })
})

test.each([
  { argv: ['kiln/fire', '--input', '{}'], says: 'the input of kiln/fire is not valid: piece' },
  { argv: ['kiln/fier'], says: 'did you mean "fire"?' },
  { argv: ['kiln/greet', '--unique-for', '1h'], says: '--unique-for needs --unique' },
  { argv: ['kiln/greet', '--depends-on', 'ffffffff'], says: 'there is no tasklet ffffffff' },
])('bad input is exit code 2 and stores nothing: $says', async ({ argv, says }) => {
  await submit('kiln/greet')
  const { code, stdout, stderr } = await submit(...argv)
  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toContain(says)
  expect(await listed()).toHaveLength(1)
})

test('a batch is stored together, with dependencies by key', async () => {
  const file = join(kiln.folder, 'batch.yaml')
  writeFileSync(
    file,
    `
- { key: report, task: kiln/greet, dependsOn: { fired: fire }, options: { priority: low } }
- { key: fire, task: kiln/fire, input: { piece: A1 } }
`,
  )
  const { report, fire } = await submitted('--batch', file)
  expect(fire).toMatchObject({ created: true, status: 'pending' })
  expect(report).toMatchObject({ created: true, status: 'blocked', priority: 900 })
  expect(await show(report.id)).toMatchObject({ dependencies: [{ key: 'fired', id: fire.id }] })
})

test.each([
  { batch: '[{key: a, task: kiln/greet}, {key: a, task: kiln/greet}]', says: 'the key "a"' },
  {
    batch:
      '[{key: a, task: kiln/greet, dependsOn: [b]}, {key: b, task: kiln/greet, dependsOn: [a]}]',
    says: '"a" → "b" → "a"',
  },
  { batch: '[{key: a, task: kiln/greet}, {key: b, task: kiln/fire}]', says: 'entry "b"' },
  { batch: '[{key: a, task: kiln/greet, dependsOn: [nothing]}]', says: 'nothing' },
])('a batch that cannot be stored as a whole stores nothing: $says', async ({ batch, says }) => {
  await submit('kiln/greet')
  const argv = ['submit', '--batch', '-', '--plans', KILN_PLANS, '--db', kiln.db]
  const { code, stderr } = await runCollected(argv, batch)
  expect(code).toBe(2)
  expect(stderr).toContain(says)
  expect(await listed()).toHaveLength(1)
})
