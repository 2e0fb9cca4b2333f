import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { freshKiln, KILN_PLANS, runCollected } from '../collected-io.ts'

const BIN = join(import.meta.dirname, '../../../../src/cli/bin.ts')

let script = ''

beforeAll(async () => {
  script = (await runCollected(['completion', 'bash'])).stdout
})

/** What bash offers for the last word, as it has split the line: it makes words of its own of "=". */
async function offered(line: readonly string[], folder = process.cwd()): Promise<string[]> {
  const words = ['setpoint', ...line]
  const program = `set -u
setpoint() { "$NODE" "$BIN" "$@"; }
${script}
COMP_WORDS=("$@"); COMP_CWORD=${words.length - 1}; COMPREPLY=()
_setpoint
printf '%s\\n' "\${COMPREPLY[@]+"\${COMPREPLY[@]}"}"`
  const env = { PATH: process.env['PATH'], NODE: process.execPath, BIN }
  const given = ['--norc', '-c', program, 'bash', ...words]
  const { stdout, stderr } = await promisify(execFile)('bash', given, { cwd: folder, env })
  expect(stderr).toBe('')
  return stdout.split('\n').filter((word) => word !== '')
}

describe('The bash script that the program prints', () => {
  test('offers the commands, and those of a group.', async () => {
    const commands = await offered([''])
    expect(commands).toEqual(expect.arrayContaining(['run', 'tasks', 'doctor', 'completion']))
    expect(commands).not.toContain('__complete')
    expect(await offered(['ta'])).toEqual(['tasks'])
    expect(await offered(['dlq', ''])).toEqual(['ls', 'show', 'replay', 'discard'])
    expect(await offered(['nonsense', 'x'])).toEqual([])
  })

  test('offers the options of a command, wherever they stand.', async () => {
    expect(await offered(['run', '--p'])).toEqual(['--plans'])
    expect(await offered(['run', 'kiln/fire', '--inp'])).toEqual(['--input'])
    expect(await offered(['queue', 'clear', '--dry'])).toEqual(['--dry-run'])
  })

  test('offers the choices of an option, also behind an equals sign.', async () => {
    expect(await offered(['plan', 'graph', 'kiln', '--format', ''])).toEqual(['tree', 'mermaid'])
    expect(await offered(['plan', 'graph', '--format', '=', 'm'])).toEqual(['mermaid'])
    expect(await offered(['plan', 'graph', '--format', '='])).toEqual(['tree', 'mermaid'])
    expect(await offered(['completion', 'f'])).toEqual(['fish'])
  })

  test('offers nothing where anything may stand.', async () => {
    expect(await offered(['run', '--input', ''])).toEqual([])
    expect(await offered(['plan', 'path', 'kiln', ''])).toEqual([])
  })

  test('offers the tasks and plans of the folders that are given, without running their code.', async () => {
    const { folder } = freshKiln()
    mkdirSync(join(folder, 'plans', 'broken'), { recursive: true })
    const plan = 'name: broken\nactions: ./actions.ts\ntasks: { smash: { run: smash } }\n'
    writeFileSync(join(folder, 'plans', 'broken', 'plan.yaml'), plan)
    writeFileSync(join(folder, 'plans', 'broken', 'actions.ts'), 'throw new Error("I was run")')
    expect(await offered(['run', ''], folder)).toEqual(['broken/smash'])
    const kiln = await offered(['run', '--plans', KILN_PLANS, 'kiln/f'])
    expect(kiln).toEqual(['kiln/fire', 'kiln/flaky'])
    expect(await offered(['run', '--plans', '=', KILN_PLANS, 'kiln/g'])).toEqual(['kiln/greet'])
    expect(await offered(['plan', 'show', '--plans', KILN_PLANS, ''])).toEqual(['kiln'])
  })

  test('offers what is in the database, the newest first, and is silent where there is none.', async () => {
    const { db, folder } = freshKiln()
    const ids: string[] = []
    for (const queue of ['main', 'event']) {
      const argv = ['submit', 'kiln/greet', '--plans', KILN_PLANS, '--db', db, '--queue', queue]
      ids.push((await runCollected(argv)).stdout.trim())
    }
    expect(await offered(['tasks', 'show', '--db', db, ''])).toEqual(ids.reverse())
    expect(await offered(['queue', 'pause', '--db', db, ''])).toEqual(['event', 'main'])
    expect(await offered(['tasks', 'show', ''], folder)).toEqual([])
  })

  test('offers files and folders where a path is wanted.', async () => {
    const { folder } = freshKiln()
    mkdirSync(join(folder, 'kiln plans'))
    expect(await offered(['run', '--plans', 'k'], folder)).toEqual(['kiln plans'])
    const files = await offered(['submit', '--batch', 'kil'], folder)
    expect(files.sort()).toEqual(['kiln', 'kiln plans'])
  })
})
