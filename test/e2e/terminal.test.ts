import { describe, expect, test } from 'vitest'
import { BIN, type CliPlace, type CliProcess, freshPlace, KILN_PLANS } from './cli-process.ts'

// What people see, and what a pipe gets. The terminal is that of util-linux `script`, which other
// systems have in another form: stdout and stderr are one, and stdin is the keyboard.

const ESCAPE = '\u001b['
const CTRL_C = '\u0003'

/** Starts the command line on a terminal of 24 lines of 100 columns. */
function onTerminal(place: CliPlace, ...argv: readonly string[]): CliProcess {
  const words = [process.execPath, BIN, ...argv].map((word) => `'${word}'`)
  const command = `stty rows 24 cols 100; exec ${words.join(' ')}`
  return place.start(['script', '--quiet', '--return', '--command', command, '/dev/null'], {
    env: { TERM: 'xterm-256color' },
    stdin: null,
  })
}

const FIRE = ['run', 'kiln/fire', '--input', '{"piece":"A1"}', '--plans', KILN_PLANS]
const SERVE = ['serve', '--port', '0', '--plans', KILN_PLANS]

describe.skipIf(process.platform !== 'linux')('on a terminal', () => {
  test('a run turns a spinner until it is done, and gives the cursor back', async () => {
    const { code, stdout } = await onTerminal(freshPlace(), ...FIRE).ended
    expect(code).toBe(0)
    const hidden = stdout.indexOf(`${ESCAPE}?25l`)
    expect(hidden).toBeGreaterThan(-1)
    expect(stdout.lastIndexOf(`${ESCAPE}?25h`)).toBeGreaterThan(hidden)
    expect(stdout).toContain('✔')
    expect(stdout).toContain('"grams": 12')
  })

  test('the tasklets are listed in colours', async () => {
    const place = freshPlace()
    await place.run(...FIRE)
    const { code, stdout } = await onTerminal(place, 'tasks', 'ls').ended
    expect(code).toBe(0)
    expect(stdout).toContain(`${ESCAPE}32mcompleted`)
  })

  test('a server says what it serves, in colours and no broken ones, and Ctrl-C stops it', async () => {
    const server = onTerminal(freshPlace(), ...SERVE)
    await server.printed('http://127.0.0.1:')
    await server.printed('Ctrl-C stops')
    server.child.stdin?.write(CTRL_C)
    await server.printed('SIGINT: letting running work end')
    server.child.stdin?.end()
    const { code, stdout } = await server.ended
    expect(code).toBe(0)
    expect(stdout).toContain('kiln (10)')
    expect(stdout).toContain(`${ESCAPE}1msetpoint`)
    expect(stdout).not.toContain('\u{FFFD}')
  })

  test('the figures are drawn over themselves until Ctrl-C, which gives the terminal back', async () => {
    const place = freshPlace()
    await place.run(...FIRE)
    const stats = onTerminal(place, 'stats', '--watch')
    const drawnAgain = /\[\d+A/
    while (!drawnAgain.test(stats.texts.stdout)) {
      await new Promise((resolve) => stats.child.stdout?.once('data', resolve))
    }
    stats.child.stdin?.write(CTRL_C)
    const { code, stdout } = await stats.ended
    expect(code).toBe(0)
    expect(stdout.endsWith(`${ESCAPE}?7h${ESCAPE}?25h`)).toBe(true)
  })
})

test('into a pipe goes nothing but text', async () => {
  const place = freshPlace()
  const run = await place.run(...FIRE)
  const ls = await place.run('tasks', 'ls')
  const stats = await place.run('stats')
  for (const { code, stdout, stderr } of [run, ls, stats]) {
    expect(code).toBe(0)
    expect(stdout + stderr).not.toContain('\u001b')
  }
  const server = place.start([process.execPath, BIN, ...SERVE])
  await server.said('"msg":"serving"')
  server.child.kill('SIGTERM')
  const { stdout, stderr } = await server.ended
  expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/)
  const lines = stderr.trim().split('\n')
  expect(lines.map((line) => typeof JSON.parse(line).msg)).toEqual(lines.map(() => 'string'))
})
