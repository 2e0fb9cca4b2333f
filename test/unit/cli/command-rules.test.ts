import type { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { createProgram } from '../../../src/cli/program.ts'
import { collectedIo, runCollected } from './collected-io.ts'

/** Print scripts, diagrams or nothing that a program would read; or go on until they are ended. */
const WITHOUT_JSON = ['completion', 'plan export', 'serve', 'worker', 'inspect']

interface Leaf {
  readonly path: string
  readonly command: Command
}

function leaves(command: Command, path = ''): readonly Leaf[] {
  if (command.commands.length === 0) return [{ path, command }]
  return command.commands.flatMap((each) => leaves(each, `${path} ${each.name()}`.trim()))
}

const PROGRAM = createProgram({ io: collectedIo(), end: () => {} })
const LEAVES = leaves(PROGRAM)

describe.each(LEAVES)('setpoint $path', ({ path, command }) => {
  const words = path.split(' ')

  test('says in a line what it does, and of every option and argument what it is.', () => {
    for (const { description } of [...command.options, ...command.registeredArguments]) {
      expect(description).toMatch(/\S/)
    }
    expect(command.description()).toMatch(/^[a-z][^\n]{9,}[^.]$/)
  })

  test('has examples in its help, of which one at least begins with its name.', async () => {
    const { code, stdout } = await runCollected([...words, '--help'])
    expect(code).toBe(0)
    const [, examples = ''] = stdout.split('\nExamples:\n')
    const commands = examples.split('\n').filter((line) => line.includes('setpoint '))
    expect(commands.length).toBeGreaterThan(0)
    const own = new RegExp(`^ {2}.*setpoint ${path}( |\\)|$)`)
    expect(commands.some((line) => own.test(line))).toBe(true)
  })

  test('prints JSON when it is asked to, if that is of use.', () => {
    const hasJson = command.options.some(({ long }) => long === '--json')
    expect(hasJson).toBe(!WITHOUT_JSON.includes(path))
  })

  test('refuses an option that it does not know with exit code 2, and names the nearest.', async () => {
    const [known] = command.options
    const typo = known?.long === undefined ? '--hepl' : `${known.long}x`
    const required = command.options.flatMap(({ mandatory, long }) =>
      mandatory && long !== undefined ? [long, 'x'] : [],
    )
    const { code, stdout, stderr } = await runCollected([...words, ...required, typo])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(`unknown option '${typo}'`)
    expect(stderr).toMatch(new RegExp(`Did you mean (one of )?${known?.long ?? '--help'}[,?]`))
  })
})

test.each(LEAVES.map(({ path }) => path.split(' ')))(
  'A command that is not there is exit code 2 and answered with the nearest: %s %s',
  async (...words) => {
    const last = words.at(-1) ?? ''
    const { code, stderr } = await runCollected([...words.slice(0, -1), `${last}x`])
    expect(code).toBe(2)
    expect(stderr).toContain(`Did you mean ${last}?`)
  },
)
