import { beforeEach, expect, test } from 'vitest'
import { freshKiln, KILN_PLANS, runCollected } from '../collected-io.ts'

let db = ''

beforeEach(() => {
  db = freshKiln().db
})

async function cracked(): Promise<string> {
  const argv = ['run', 'kiln/crack', '--plans', KILN_PLANS, '--db', db, '--json']
  return JSON.parse((await runCollected(argv)).stdout).id
}

function dlq(...argv: string[]) {
  return runCollected(['dlq', ...argv, '--db', db])
}

async function ids(...argv: string[]): Promise<string[]> {
  const { stdout } = await dlq('ls', '--json', ...argv)
  return JSON.parse(stdout).items.map(({ id }: { id: string }) => id)
}

test('dead letters are listed newest first with what ended them', async () => {
  const [first, second] = [await cracked(), await cracked()]
  const { stdout } = await dlq('ls')
  const rows = stdout.trimEnd().split('\n')
  expect(rows[1]).toMatch(
    new RegExp(`^${second}  kiln/crack +1/1 +\\d+ s ago  error  the glaze has cracked$`),
  )
  expect(await ids('--text', 'glaze')).toEqual([second, first])
  expect(await ids('--text', 'thermocouple')).toEqual([])
})

test('one dead letter is shown with the errors of its attempts', async () => {
  const id = await cracked()
  const { stdout } = await dlq('show', id)
  expect(stdout).toContain('error: the glaze has cracked')
  expect(stdout).toContain('caused by: cooled too fast')
})

test('what is no dead letter is exit code 2', async () => {
  const argv = ['submit', 'kiln/greet', '--plans', KILN_PLANS, '--db', db]
  const id = (await runCollected(argv)).stdout.trim()
  const { code, stderr } = await dlq('show', id)
  expect(code).toBe(2)
  expect(stderr).toContain('is no dead letter: it is pending')
})

test('a dead letter is replayed as a new tasklet and is no dead letter any more', async () => {
  const id = await cracked()
  const { code, stdout } = await dlq('replay', id, '--plans', KILN_PLANS)
  expect(code).toBe(0)
  const [, replay = ''] = /runs again as (\S+)\n$/.exec(stdout) ?? []
  const shown = await runCollected(['tasks', 'show', replay, '--db', db, '--json'])
  expect(JSON.parse(shown.stdout)).toMatchObject({ status: 'pending', attempts: 0, replayOf: id })
  expect(await ids()).toEqual([])
  expect(await ids('--replayed')).toEqual([id])
})

test('what was replayed already is refused with exit code 1, and others are replayed', async () => {
  const [first, second] = [await cracked(), await cracked()]
  await dlq('replay', first, '--plans', KILN_PLANS)
  const { code, stdout, stderr } = await dlq('replay', first, second, '--plans', KILN_PLANS)
  expect(code).toBe(1)
  expect(stdout).toContain(`${second} runs again as`)
  expect(stderr).toContain(`tasklet ${first} was replayed already`)
})

test('what a filter finds is replayed only when that is confirmed', async () => {
  await cracked()
  await cracked()
  const filter = ['--task', 'kiln/crack', '--plans', KILN_PLANS]
  const unasked = await dlq('replay', ...filter)
  expect(unasked.code).toBe(2)
  expect(unasked.stderr).toContain('replay 2 dead letters? give --yes')
  expect(await ids()).toHaveLength(2)
  const { stdout } = await dlq('replay', ...filter, '--yes', '--json')
  expect(JSON.parse(stdout)).toMatchObject({ replayed: [{}, {}], refused: [] })
  expect(await ids()).toEqual([])
})

test('a dry run shows what would be discarded and discards nothing', async () => {
  const id = await cracked()
  const { stdout } = await dlq('discard', '--all', '--dry-run', '--json')
  expect(JSON.parse(stdout)).toEqual({ dryRun: true, ids: [id] })
  expect(await ids()).toEqual([id])
})

test('discarded dead letters are gone', async () => {
  const [first, second] = [await cracked(), await cracked()]
  expect((await dlq('discard', first)).stdout).toBe('1 discarded\n')
  expect(await ids()).toEqual([second])
  expect((await dlq('discard', '--all', '--yes')).stdout).toBe('1 discarded\n')
  expect(await ids()).toEqual([])
})

test.each([[[]], [['abcd', '--all']], [['--all', '--task', 'kiln/crack']]])(
  'it has to be said in one way which dead letters are meant: %j',
  async (argv) => {
    await cracked()
    const { code, stderr } = await dlq('discard', '--yes', ...argv)
    expect(code).toBe(2)
    expect(stderr).toContain('say which: ids, or filters such as --task and --text, or --all')
  },
)
