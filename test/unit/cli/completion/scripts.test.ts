import { Command, Option } from 'commander'
import { expect, test } from 'vitest'
import { shellQuote } from '../../../../src/cli/completion/cases.ts'
import { fishScript } from '../../../../src/cli/completion/fish.ts'
import { commandWords } from '../../../../src/cli/completion/words.ts'
import { zshScript } from '../../../../src/cli/completion/zsh.ts'
import { createProgram } from '../../../../src/cli/program.ts'
import { collectedIo, runCollected } from '../collected-io.ts'

function sample(): Command {
  const program = new Command('setpoint').helpCommand(false)
  const group = program.command('queue').description("what's in it").helpCommand(false)
  group
    .command('move')
    .description('move one')
    .argument('<id>')
    .argument('[others...]')
    .addOption(new Option('--to <place>', 'where').choices(['front', 'end']))
    .addOption(new Option('--secret').hideHelp())
  program.command('__hidden', { hidden: true })
  return program
}

test('What the program has is read from it: commands, options with the kind of their value, arguments.', () => {
  const [own, queue, move] = commandWords(sample())
  expect(own?.commands).toEqual([{ name: 'queue', about: "what's in it" }])
  expect(queue?.commands.map(({ name }) => name)).toEqual(['move'])
  expect(move).toMatchObject({ path: 'queue move', commands: [] })
  expect(move?.options.map(({ name, value }) => [name, value])).toEqual([
    ['--to', ['front', 'end']],
    ['--help', undefined],
  ])
  expect(move?.arguments).toEqual([
    { kind: 'tasklet', variadic: false },
    { kind: 'nothing', variadic: true },
  ])
})

test('What a shell would read as something else is quoted.', () => {
  expect(shellQuote('kiln/fire')).toBe('kiln/fire')
  expect(shellQuote("it's $HOME; `rm`")).toBe("'it'\\''s $HOME; `rm`'")
  expect(fishScript(commandWords(sample()))).toContain("-a 'queue' -d 'what\\'s in it'")
})

test('The fish script offers an option where its command stands, with its choices.', () => {
  const script = fishScript(commandWords(sample()))
  const place = "complete -c setpoint -n '__setpoint_at \\'queue move\\''"
  expect(script).toContain(`\n${place} -l to -d 'where' -x -a 'front end'\n`)
  expect(script).not.toContain('secret')
  expect(script).not.toContain('__hidden')
})

test('The zsh script begins as a file of fpath has to, and knows every command.', () => {
  const program = createProgram({ io: collectedIo(), end: () => {} })
  const script = zshScript(commandWords(program))
  expect(script.startsWith('#compdef setpoint\n')).toBe(true)
  for (const { path } of commandWords(program)) expect(script).toContain(path)
})

test('A shell that is not known is refused with those that are.', async () => {
  const { code, stderr } = await runCollected(['completion', 'csh'])
  expect(code).toBe(2)
  expect(stderr).toContain('Allowed choices are bash, zsh, fish')
})
