import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { createProgram } from '../../../src/cli/program.ts'
import { collectedIo } from './collected-io.ts'

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/cli.md'), 'utf8')

function leaves(command: Command, name: string): readonly Command[] {
  return command.commands.length === 0
    ? [Object.assign(command, { fullName: name })]
    : command.commands.flatMap((each) => leaves(each, `${name} ${each.name()}`))
}

const COMMANDS = leaves(createProgram({ io: collectedIo(), end: () => {} }), 'setpoint').map(
  (command) => ({ command, name: String(Reflect.get(command, 'fullName')) }),
)

/** What stands on the page under the heading of the command. */
function sectionOf(name: string): string {
  const [, section = ''] = PAGE.split(`\n### \`${name}\`\n`)
  return section.split(/\n##+ /, 1)[0] ?? ''
}

test.each(COMMANDS)('$name is on the page with an example and what it prints', ({ name }) => {
  expect(sectionOf(name)).toMatch(new RegExp(`\`\`\`\n\\$ ${name}\\b[^\n]*\n[^]+?\n\`\`\``))
})

test('the page has no command that is not there', () => {
  const headings = [...PAGE.matchAll(/^### `(setpoint [^`]+)`$/gm)].map(([, name]) => name)
  expect(headings.sort()).toEqual(COMMANDS.map(({ name }) => name).sort())
})
