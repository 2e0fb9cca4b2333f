import type { Kind } from './kinds.ts'
import type { CommandWords } from './words.ts'

/**
 * What the program has, as functions that bash and zsh both understand. Each answers on stdout and
 * takes the words that lead to the command as one; lists have a word a line, after a tab what it is.
 */
export function shellCases(commands: readonly CommandWords[]): string {
  return [
    ...listCase('_setpoint_commands', commands, (command) => command.commands),
    ...listCase('_setpoint_options', commands, (command) => command.options),
    ...kindCase('_setpoint_value', commands.flatMap(valueRows)),
    ...kindCase('_setpoint_argument', commands.flatMap(argumentRows)),
  ].join('\n')
}

type Row = readonly [pattern: string, kind: Kind]

function valueRows({ path, options }: CommandWords): readonly Row[] {
  return options.flatMap(({ name, value }) =>
    value === undefined ? [] : [[shellQuote(`${path} ${name}`), value] as const],
  )
}

/** A place that any number of words may take comes after the others, and takes what they leave. */
function argumentRows({ path, arguments: places }: CommandWords): readonly Row[] {
  return places.map(({ kind, variadic }, index) => [
    variadic ? `${shellQuote(`${path} `)}*` : shellQuote(`${path} ${index}`),
    kind,
  ])
}

function listCase(
  name: string,
  commands: readonly CommandWords[],
  words: (command: CommandWords) => readonly { readonly name: string; readonly about: string }[],
): readonly string[] {
  const rows = commands.flatMap((command) => {
    const given = words(command).map((word) => shellQuote(`${word.name}\t${word.about}`))
    return given.length === 0
      ? []
      : [`    ${shellQuote(command.path)}) printf '%s\\n' ${given.join(' ')} ;;`]
  })
  return [`${name}() {`, '  case "$1" in', ...rows, '  esac', '}']
}

/** A list of choices is given as such; the status says whether there is such a place at all. */
function kindCase(name: string, rows: readonly Row[]): readonly string[] {
  const lines = rows.map(([pattern, kind]) => {
    const answer = typeof kind === 'string' ? kind : `= ${kind.join(' ')}`
    return `    ${pattern}) printf '%s\\n' ${shellQuote(answer)} ;;`
  })
  return [`${name}() {`, '  case "$1 $2" in', ...lines, '    *) return 1 ;;', '  esac', '}']
}

/** As one word that a shell takes literally. */
export function shellQuote(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
