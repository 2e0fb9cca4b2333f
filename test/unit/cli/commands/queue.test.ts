import { beforeEach, expect, test } from 'vitest'
import { freshKiln, KILN_PLANS, runCollected } from '../collected-io.ts'

let db = ''

beforeEach(() => {
  db = freshKiln().db
})

async function submitted(...argv: string[]): Promise<string> {
  const common = ['--plans', KILN_PLANS, '--db', db]
  return (await runCollected(['submit', 'kiln/greet', ...argv, ...common])).stdout.trim()
}

function queue(...argv: string[]) {
  return runCollected(['queue', ...argv, '--db', db])
}

async function order(): Promise<{ ids: string[]; version: string }> {
  const { items, version } = JSON.parse((await queue('list', 'main', '--all', '--json')).stdout)
  return { ids: items.map(({ id }: { id: string }) => id), version }
}

test('queues are listed with what is in them', async () => {
  await submitted()
  await submitted('--delay', '1h')
  await queue('pause', 'main')
  const { stdout } = await queue('ls')
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/)),
  ).toEqual([
    ['queue', 'state', 'pending', 'running', 'waiting', 'failed', 'oldest'],
    ['main', 'paused', '1', '0', '1', '0', expect.stringMatching(/^\d+ s$/)],
  ])
})

test('the order in which work will run is listed with positions and a version', async () => {
  const [low, high] = [await submitted('--priority', 'low'), await submitted('--priority', 'high')]
  const { stdout, stderr } = await queue('list', 'main')
  const rows = stdout.trimEnd().split('\n')
  expect(rows[1]).toMatch(new RegExp(`^0  ${high}  kiln/greet +100  -`))
  expect(rows[2]).toMatch(new RegExp(`^1  ${low}  kiln/greet +900  -`))
  expect(stderr).toMatch(/^version \S+\n$/)
})

test('a page goes on with its positions where the one before ended', async () => {
  const first = await submitted()
  const second = await submitted()
  const page = await queue('list', 'main', '--limit', '1')
  expect(page.stdout).toContain(first)
  const [, cursor = ''] = /--cursor (\S+)/.exec(page.stderr) ?? []
  expect((await queue('list', 'main', '--cursor', cursor)).stdout).toContain(`1  ${second}`)
})

test('a queue is paused and resumed', async () => {
  await submitted()
  expect((await queue('pause', 'main')).stdout).toBe('queue "main" is paused, 1 pending\n')
  const resumed = await queue('resume', 'main', '--json')
  expect(JSON.parse(resumed.stdout)).toEqual({ queue: 'main', paused: false, pending: 1 })
})

test('a name that no queue of the database has is paused with a warning that names the nearest', async () => {
  await submitted()
  const { code, stdout, stderr } = await queue('pause', 'mian')
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'queue "mian" is paused, 0 pending\n' })
  expect(stderr).toBe('warning: the database knows no queue "mian"; did you mean "main"?\n')
  expect((await queue('resume', 'night')).stderr).toContain(
    'knows no queue "night"; those that it knows: main, event, interrupt',
  )
})

test.each(['main', 'event', 'interrupt'])(
  'queue %s is known before anything is in it',
  async (name) => {
    await submitted()
    expect((await queue('pause', name)).stderr).toBe('')
  },
)

test('a tasklet is moved to the front, to a position and to the end', async () => {
  const [a, b, c] = [await submitted(), await submitted(), await submitted()]
  await queue('move', c, 'front')
  expect((await order()).ids).toEqual([c, a, b])
  await queue('move', a, '2')
  expect((await order()).ids).toEqual([c, b, a])
  const { stdout } = await queue('move', c, 'end')
  expect(stdout).toBe(`${c} is at position 2 of queue "main", priority 500\n`)
  expect((await order()).ids).toEqual([b, a, c])
})

test('a position that is none is exit code 2', async () => {
  const { code, stderr } = await queue('move', await submitted(), 'middle')
  expect(code).toBe(2)
  expect(stderr).toContain('"middle" is not a position: use front, end, or a number from 0')
})

test('the priority of a waiting tasklet is changed', async () => {
  const [a, b] = [await submitted(), await submitted()]
  expect((await queue('priority', b, 'high')).stdout).toBe(`${b} has priority 100\n`)
  expect((await order()).ids).toEqual([b, a])
})

test('a queue is reordered under the version that was read, and only under that', async () => {
  const [a, b] = [await submitted(), await submitted()]
  const { version } = await order()
  const argv = ['queue', 'reorder', 'main', '-', '--queue-version', version, '--db', db]
  expect((await runCollected(argv, `${b}\n${a}\n`)).code).toBe(0)
  expect((await order()).ids).toEqual([b, a])
  const stale = await runCollected(argv, `${a}\n${b}\n`)
  expect(stale.code).toBe(1)
  expect((await order()).ids).toEqual([b, a])
})

test('an order that is no permutation is exit code 2', async () => {
  const [a] = [await submitted(), await submitted()]
  const { version } = await order()
  const { code } = await queue('reorder', 'main', a, '--queue-version', version)
  expect(code).toBe(2)
})

test('clearing a queue has to be confirmed, and can be looked at first', async () => {
  const id = await submitted()
  await submitted('--delay', '1h')
  const unasked = await queue('clear', 'main')
  expect(unasked.code).toBe(2)
  expect(unasked.stderr).toContain('cancel 2 that wait in queue "main"? give --yes')
  expect((await queue('clear', 'main', '--dry-run')).stdout).toBe('2 wait in queue "main"\n')
  expect((await order()).ids).toEqual([id])
  expect((await queue('clear', 'main', '--yes')).stdout).toBe('2 cancelled in queue "main"\n')
  expect((await order()).ids).toEqual([])
})
