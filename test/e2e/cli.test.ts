import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BIN, BROKEN_PLAN, freshPlace, KILN_PLANS } from './cli-process.ts'

const KILN = ['--plans', KILN_PLANS]
/** `script` of util-linux gives a process a terminal of its own; that of other systems differs. */
const testOnTerminal = test.skipIf(process.platform !== 'linux')
/** What a terminal would obey. */
const ESCAPE = '\u{1b}['

test('a run keeps results on stdout and progress on stderr, both without colours', async () => {
  const place = freshPlace('cold')
  const { code, stdout, stderr } = await place.run(
    'run',
    'kiln/fire',
    '--input',
    '{"piece": "A1"}',
    ...KILN,
  )
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual({ piece: 'A1', grams: 12 })
  expect(stderr).toContain('cold ──HEAT 5──▶ hot.idle ──LOAD 2──▶ hot.loaded')
  expect(stderr).not.toContain(ESCAPE)
  expect(readFileSync(join(place.folder, 'kiln'), 'utf8')).toBe('loaded')
})

test('input comes from a file or from standard input', async () => {
  const place = freshPlace('loaded')
  writeFileSync(join(place.folder, 'piece.json'), '{"piece": "from a file"}')
  const fire = ['run', 'kiln/fire', ...KILN, '--json', '--input']
  const fromFile = await place.run(...fire, '@piece.json')
  expect(JSON.parse(fromFile.stdout).output.piece).toBe('from a file')
  const stdin = '{"piece": "from stdin"}'
  const fromStdin = await place.start([process.execPath, BIN, ...fire, '-'], { stdin }).ended
  expect(JSON.parse(fromStdin.stdout).output.piece).toBe('from stdin')
})

testOnTerminal(
  'on a terminal a run has a spinner and colours, and the cursor is back afterwards',
  async () => {
    const place = freshPlace('cold')
    const command = `stty cols 100 rows 30 && "${process.execPath}" "${BIN}" run kiln/fire --plans "${KILN_PLANS}" --input '{"piece": "A1"}'`
    const env = { TERM: 'xterm-256color' }
    const { code, stdout } = await place.start(['script', '-qec', command, '/dev/null'], { env })
      .ended
    expect(code).toBe(0)
    expect(stdout).toContain(`${ESCAPE}32m✔`)
    expect(stdout.lastIndexOf(`${ESCAPE}?25h`)).toBeGreaterThan(stdout.lastIndexOf(`${ESCAPE}?25l`))
  },
)

testOnTerminal(
  'NO_COLOR takes the colours away on a terminal, and a terminal without a size is written line by line',
  async () => {
    const place = freshPlace('cold')
    const command = `"${process.execPath}" "${BIN}" run kiln/greet --plans "${KILN_PLANS}"`
    const env = { TERM: 'xterm-256color', NO_COLOR: '1' }
    const { code, stdout } = await place.start(['script', '-qec', command, '/dev/null'], { env })
      .ended
    expect(code).toBe(0)
    expect(stdout).toContain('good morning')
    expect(stdout).not.toContain(ESCAPE)
  },
)

test('Ctrl-C cancels the task, waits for its end and exits with 130', async () => {
  const place = freshPlace()
  const process = startWatch(place)
  await process.said('watching')
  process.child.kill('SIGINT')
  const { code, stdout } = await process.ended
  expect(code).toBe(130)
  expect(JSON.parse(stdout)).toMatchObject({ status: 'cancelled', error: { kind: 'cancelled' } })
})

test('what a killed process leaves is taken up by the next run, which says so', async () => {
  const place = freshPlace()
  const killed = startWatch(place)
  await killed.said('watching')
  killed.child.kill('SIGKILL')
  await killed.ended
  const next = place.start([process.execPath, BIN, 'run', 'kiln/greet', ...KILN])
  await next.said('taking up tasklets from before: 1 interrupted by the end of a process')
  await next.said('letting 1 other tasklet end')
  next.child.kill('SIGINT')
  const { code, stdout } = await next.ended
  expect(code).toBe(130)
  expect(stdout).toBe('good morning\n')
  const left = await place.run('tasks', 'ls', '--task', 'kiln/watch', '--json')
  expect(JSON.parse(left.stdout).items).toMatchObject([{ status: 'running', deliveries: 2 }])
})

test('a plan with five mistakes is exit code 2 with five positions', async () => {
  const { code, stdout } = await freshPlace().run('plan', 'check', BROKEN_PLAN)
  expect(code).toBe(2)
  expect(stdout.match(/plan\.yaml:\d+:\d+: /g)).toHaveLength(5)
})

test('a reader that has seen enough ends a listing without an error', async () => {
  const command = [process.execPath, BIN, 'plan', 'show', '--json', ...KILN]
  const { child, ended } = freshPlace().start(command)
  child.stdout?.destroy()
  expect(await ended).toMatchObject({ code: 0, stderr: '' })
})

function startWatch(place: ReturnType<typeof freshPlace>) {
  return place.start([process.execPath, BIN, 'run', 'kiln/watch', ...KILN, '--json'])
}
