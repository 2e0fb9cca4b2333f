import { beforeEach, expect, test } from 'vitest'
import { freshKiln, KILN_PLANS, runCollected } from '../collected-io.ts'

let db = ''

beforeEach(() => {
  db = freshKiln().db
})

async function ran(task: string, ...more: string[]): Promise<{ id: string }> {
  const argv = ['run', task, '--plans', KILN_PLANS, '--db', db, '--json', ...more]
  return JSON.parse((await runCollected(argv)).stdout)
}

function tasks(...argv: string[]) {
  return runCollected(['tasks', ...argv, '--db', db])
}

test('tasklets are listed newest first, with attempts, age and duration', async () => {
  const greet = await ran('kiln/greet')
  const crack = await ran('kiln/crack')
  const { code, stdout, stderr } = await tasks('ls')
  expect(code).toBe(0)
  expect(stderr).toBe('')
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/))
  expect(rows).toEqual([
    ['id', 'task', 'status', 'attempts', 'age', 'duration'],
    [crack.id, 'kiln/crack', 'failed', '1/1', expect.stringMatching(/^\d+ s$/), expect.anything()],
    [greet.id, 'kiln/greet', 'completed', '0/1', expect.anything(), expect.anything()],
  ])
})

test('the listing can be narrowed to statuses, a plan and a task', async () => {
  const greet = await ran('kiln/greet')
  const crack = await ran('kiln/crack')
  const ids = async (...argv: string[]) => {
    const { stdout } = await tasks('ls', '--json', ...argv)
    return JSON.parse(stdout).items.map(({ id }: { id: string }) => id)
  }
  expect(await ids('--status', 'failed', 'cancelled')).toEqual([crack.id])
  expect(await ids('--task', 'greet')).toEqual([greet.id])
  expect(await ids('--task', 'kiln/greet')).toEqual([greet.id])
  expect(await ids('--plan', 'kiln')).toEqual([crack.id, greet.id])
  expect(await ids('--plan', 'oven')).toEqual([])
})

test('the listing can be narrowed to a tag, a group, a queue, words and a time', async () => {
  const common = ['--plans', KILN_PLANS, '--db', db]
  const options = ['--tag', 'nightly', '--group', 'north', '--queue', 'event']
  const fire = ['kiln/fire', '--input', '{"piece": "blue bowl"}']
  const bowl = await runCollected(['submit', ...fire, ...options, ...common])
  await runCollected(['submit', 'kiln/greet', ...common])
  for (const narrowed of [
    ['--tag', 'nightly'],
    ['--group', 'north'],
    ['--queue', 'event'],
    ['--text', 'blue bo*'],
  ]) {
    const { items } = JSON.parse((await tasks('ls', '--json', ...narrowed)).stdout)
    expect(items).toMatchObject([{ id: bowl.stdout.trim() }])
  }
  const { items } = JSON.parse((await tasks('ls', '--json', '--since', '1h')).stdout)
  expect(items).toHaveLength(2)
  expect(JSON.parse((await tasks('ls', '--json', '--since', '2199-01-01')).stdout).items).toEqual(
    [],
  )
})

test('--all is every page', async () => {
  await ran('kiln/greet')
  await ran('kiln/greet')
  const { stdout } = await tasks('ls', '--limit', '1', '--all', '--json')
  expect(JSON.parse(stdout)).toEqual({ items: [expect.anything(), expect.anything()] })
})

test('a page that is not the last says how to go on', async () => {
  const first = await ran('kiln/greet')
  await ran('kiln/greet')
  const { stderr } = await tasks('ls', '--limit', '1')
  const [, cursor = ''] = /--cursor (\S+)/.exec(stderr) ?? []
  const { stdout } = await tasks('ls', '--limit', '1', '--cursor', cursor, '--json')
  expect(JSON.parse(stdout)).toEqual({ items: [expect.objectContaining({ id: first.id })] })
})

test('nothing to list is said on stderr', async () => {
  await ran('kiln/greet')
  const { code, stdout, stderr } = await tasks('ls', '--status', 'failed')
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: 'no tasklet matches\n' })
})

test('one tasklet is shown with its trail, input, output and times', async () => {
  const { id } = await ran('kiln/fire', '--input', '{"piece": "A1"}')
  const { code, stdout } = await tasks('show', id)
  expect(code).toBe(0)
  expect(stdout).toMatch(/^id {10}[0-9a-f-]{36}\ntask {8}kiln\/fire\nstatus {6}completed\n/)
  expect(stdout).toContain('\ntrail       from cold to hot.loaded\n')
  expect(stdout).toMatch(/\n {12}│ +✔ cold ──HEAT 5──▶ hot\.idle {2}heat, .* ms\n/)
  expect(stdout).toContain('input       {\n              "piece": "A1",')
  expect(stdout).toMatch(/\ntimeline {4}┌ +\+0 {2}submitted {2}\d{4}-\d\d-\d\dT\S+\n/)
  expect(stdout).toMatch(/├ +\+.* ms {2}started\n(.*\n)+ +├ +\+.* ms {2}prepared\n/)
  expect(stdout).toMatch(/└ +\+.* ms {2}✔ completed\n/)
})

test('a failed tasklet is shown with its error, its cause and where it was thrown', async () => {
  const { id } = await ran('kiln/crack')
  const { stdout } = await tasks('show', id)
  expect(stdout).toContain(
    'error       error: the glaze has cracked\n            caused by: cooled too fast',
  )
  expect(stdout).toMatch(/\n {12}at .*actions\.ts/)
})

test('the start of an id is enough when it names only one', async () => {
  const { id } = await ran('kiln/greet')
  const found = await tasks('show', id.slice(0, 23), '--json')
  expect(JSON.parse(found.stdout)).toMatchObject({ id, status: 'completed' })
})

test('an id that names none or several is exit code 2', async () => {
  const first = await ran('kiln/greet')
  const second = await ran('kiln/greet')
  const none = await tasks('show', 'ffffffff')
  expect(none).toMatchObject({ code: 2, stdout: '' })
  expect(none.stderr).toContain('there is no tasklet ffffffff')
  const several = await tasks('show', first.id.slice(0, 4))
  expect(several.code).toBe(2)
  expect(several.stderr).toContain(`is the start of several ids: ${second.id}, ${first.id}`)
})

test('cancelling what has ended changes nothing: exit code 1, or 0 if it was cancelled', async () => {
  const { id } = await ran('kiln/greet')
  const { code, stdout } = await tasks('cancel', id)
  expect(code).toBe(1)
  expect(stdout).toBe(`${id} is already completed; nothing was changed\n`)
})

test('a tasklet that tried several times is shown with the error of every attempt', async () => {
  const { id } = await ran('kiln/flaky')
  const { stdout } = await tasks('show', id)
  expect(stdout).toContain('attempt 1 failed: the thermocouple did not answer')
  expect(stdout).toMatch(/\nattempt 1 +error: the thermocouple did not answer\n/)
})

test('the timeline has a bar and durations for each tasklet', async () => {
  const { id } = await ran('kiln/greet')
  const { stdout } = await tasks('timeline')
  expect(stdout).toMatch(new RegExp(`\\n${id}  kiln/greet  completed +.* ms +.* ms +.* ms +[░▒█]`))
  const [entry] = JSON.parse((await tasks('timeline', '--json')).stdout).items
  expect(entry).toMatchObject({ id, task: 'kiln/greet', status: 'completed', attempts: 0 })
})

async function submitted(...argv: string[]): Promise<string> {
  const common = ['--plans', KILN_PLANS, '--db', db]
  return (await runCollected(['submit', 'kiln/greet', ...argv, ...common])).stdout.trim()
}

test('it is explained why a tasklet does not run', async () => {
  const later = await submitted('--delay', '1h')
  const dependent = await submitted('--depends-on', later)
  const pending = await submitted()
  const explain = async (id: string) => (await tasks('explain', id, '--plans', KILN_PLANS)).stdout
  expect(await explain(later)).toMatch(/ is scheduled\n {2}scheduled: .*, until \d{4}-/)
  expect(await explain(dependent)).toContain(`dependency: waits for kiln/greet (${later})`)
  expect(await explain(pending)).toContain('is pending, and nothing keeps it')
  await runCollected(['queue', 'pause', 'main', '--db', db])
  const { stdout } = await tasks('explain', pending, '--plans', KILN_PLANS, '--json')
  expect(JSON.parse(stdout)).toMatchObject({
    id: pending,
    runnable: false,
    reasons: [{ code: 'queue-paused' }],
  })
})

test('a failed tasklet is retried as a new one, and nothing else can be', async () => {
  const { id } = await ran('kiln/crack')
  const { code, stdout } = await tasks('retry', id, '--plans', KILN_PLANS)
  expect(code).toBe(0)
  const shown = await tasks('show', stdout.trim(), '--json')
  expect(JSON.parse(shown.stdout)).toMatchObject({ status: 'pending', replayOf: id })
  const again = await tasks('retry', stdout.trim(), '--plans', KILN_PLANS)
  expect(again.code).toBe(2)
  expect(again.stderr).toContain('is no dead letter: it is pending')
})
