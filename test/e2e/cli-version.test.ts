import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BIN, freshPlace } from './cli-process.ts'

const ROOT = join(import.meta.dirname, '../..')

/** Makes a process believe that it is another version of Node. */
function pretend(version: string): string {
  const code = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`
  return `data:text/javascript,${encodeURIComponent(code)}`
}

test('the version that is asked for is the one that the package needs', () => {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const [, needed] = /^const NEEDED = (\d+)$/m.exec(readFileSync(BIN, 'utf8')) ?? []
  expect(engines.node).toBe(`>=${needed}`)
})

test.each(['12.22.0', '20.11.1', '23.9.0'])(
  'on Node %s one line says what was found, what is needed and what to do, with exit code 2',
  async (version) => {
    const command = [process.execPath, '--import', pretend(version), BIN, 'tasks', 'ls']
    const { code, stdout, stderr } = await freshPlace().start(command).ended
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(
      new RegExp(
        `^setpoint needs Node 24 or newer, and this is Node ${version}: install it .*\\n$`,
      ),
    )
  },
)

test.each(['24.0.0', '26.1.0'])('Node %s is new enough', async (version) => {
  const command = [process.execPath, '--import', pretend(version), BIN, '--version']
  expect(await freshPlace().start(command).ended).toMatchObject({ code: 0, stderr: '' })
})

test('the guard has no syntax that a Node of 2020 cannot read, and imports nothing before it', () => {
  const code = stripTypeScriptTypes(readFileSync(BIN, 'utf8'))
  expect(code).not.toMatch(/^import\b[^(]|\?\?|\?\.|\bawait\b/m)
})
