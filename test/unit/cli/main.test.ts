import { expect, test } from 'vitest'
import { freshKiln, KILN_PLANS, runCollected } from './collected-io.ts'

const GROUPS = {
  tasks: ['ls', 'show', 'explain', 'timeline', 'cancel', 'retry'],
  queue: ['ls', 'list', 'pause', 'resume', 'move', 'priority', 'reorder', 'clear'],
  dlq: ['ls', 'show', 'replay', 'discard'],
  plan: ['check', 'show', 'path', 'graph'],
}
const ACTIONS = [
  [],
  ['run'],
  ['submit'],
  ['stats'],
  ...Object.entries(GROUPS).flatMap(([group, names]) => names.map((name) => [group, name])),
]
const COMMANDS = [...ACTIONS, ...Object.keys(GROUPS).map((group) => [group])]

test.each(COMMANDS)('%s %s explains itself on stdout and succeeds', async (...command) => {
  const { code, stdout, stderr } = await runCollected([...command, '--help'])
  expect(code).toBe(0)
  expect(stdout).toContain('Usage: setpoint')
  expect(stderr).toBe('')
})

test.each(ACTIONS)('the help of %s %s shows examples', async (...command) => {
  const { stdout } = await runCollected([...command, '--help'])
  expect(stdout).toMatch(/Examples:\n {2}\$ setpoint /)
})

test('the version is that of the package', async () => {
  const { code, stdout } = await runCollected(['--version'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test.each([
  { argv: [], says: 'Usage: setpoint' },
  { argv: ['plan'], says: 'Usage: setpoint plan' },
  { argv: ['rum'], says: 'Did you mean run?' },
  { argv: ['run'], says: "missing required argument 'plan/task'" },
  { argv: ['run', 'a/b', '--colour'], says: "unknown option '--colour'" },
  { argv: ['tasks', 'ls', '--limit', '0'], says: 'Give an integer of 1 or more.' },
  { argv: ['tasks', 'ls', '--since', 'today'], says: 'Give a duration such as 30m, 2h or 1d' },
  { argv: ['submit', 'a/b', '--priority', 'urgent'], says: '"urgent" is not a priority' },
  { argv: ['submit', 'a/b', '--delay', 'soon'], says: '"soon" is not a duration' },
  { argv: ['submit'], says: 'name a task, or a file with --batch' },
  { argv: ['submit', 'a/b', '--batch', '-'], says: 'give either a task or --batch, not both' },
  {
    argv: ['submit', '--batch', '-', '--unique-for', '1h'],
    says: '--unique-for does not go with --batch',
  },
  { argv: ['queue', 'reorder', 'main', 'a'], says: "'--queue-version <version>' not specified" },
  { argv: ['tasks', 'ls', '--status', 'lost'], says: 'Allowed choices are blocked' },
  { argv: ['plan', 'graph', 'kiln', '--format', 'png'], says: 'Allowed choices are tree, mermaid' },
])('bad usage is exit code 2 and says so on stderr: $argv', async ({ argv, says }) => {
  const { code, stdout, stderr } = await runCollected(argv)
  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toContain(says)
})

test.each([
  { argv: ['plan', 'show', 'kilm'], says: 'there is no plan "kilm"; did you mean "kiln"?' },
  { argv: ['run', 'kiln/fier'], says: 'has no task "fier"; did you mean "fire"?' },
  { argv: ['run', 'fire'], says: 'not of the form plan/task; did you mean "kiln/fire"?' },
  { argv: ['plan', 'path', 'kiln', 'loaded'], says: 'did you mean "hot.loaded"?' },
  { argv: ['plan', 'path', 'kiln', 'cold', '--from', 'cole'], says: 'did you mean "cold"?' },
])('a name that is missing is answered with a near one: $argv', async ({ argv, says }) => {
  const { code, stderr } = await runCollected([...argv, '--plans', KILN_PLANS])
  expect(code).toBe(2)
  expect(stderr).toContain(says)
})

test('a folder without plans is exit code 2 and points to --plans', async () => {
  const { folder } = freshKiln()
  const { code, stderr } = await runCollected(['plan', 'show', '--plans', folder])
  expect(code).toBe(2)
  expect(stderr).toContain('there is no plan.yaml in this folder')
  expect(stderr).toContain('--plans DIR')
})

test('with --json an error is one object on stdout too', async () => {
  const argv = ['plan', 'show', 'kilm', '--plans', KILN_PLANS, '--json']
  const { code, stdout, stderr } = await runCollected(argv)
  expect(code).toBe(2)
  expect(JSON.parse(stdout)).toEqual({
    error: { code: 'invalid_input', message: expect.stringContaining('there is no plan "kilm"') },
  })
  expect(stderr).toContain('error: there is no plan "kilm"')
})

test('a database that is none is exit code 3 with what to do about it', async () => {
  const { folder } = freshKiln()
  const argv = ['run', 'kiln/greet', '--plans', KILN_PLANS, '--db', `${folder}/kiln`]
  const { code, stdout, stderr } = await runCollected(argv)
  expect(code).toBe(3)
  expect(stdout).toBe('')
  expect(stderr).toContain('no SQLite database: name another file')
})

test('a database that is not there is exit code 3 and is not made', async () => {
  const { db } = freshKiln()
  const reading = [
    ['tasks', 'ls'],
    ['tasks', 'show', 'abcd'],
    ['tasks', 'cancel', 'abcd'],
    ['tasks', 'timeline'],
    ['queue', 'ls'],
    ['queue', 'pause', 'main'],
    ['dlq', 'ls'],
    ['dlq', 'discard', '--all', '--yes'],
    ['stats'],
  ]
  for (const command of reading) {
    const { code, stderr } = await runCollected([...command, '--db', db])
    expect(code).toBe(3)
    expect(stderr).toContain(`there is no database at ${db}`)
  }
})
