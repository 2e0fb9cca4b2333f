import type { Kind } from './kinds.ts'
import type { CommandWords, OptionWords } from './words.ts'

export function fishScript(commands: readonly CommandWords[]): string {
  const paths = commands.flatMap(({ path }) => (path === '' ? [] : [fishQuote(path)]))
  const lines = commands.flatMap((command) => [
    ...command.commands.map(
      ({ name, about }) =>
        `complete -c setpoint -n ${atPath(command)} -a ${fishQuote(name)} -d ${fishQuote(about)}`,
    ),
    ...command.options.map((option) => optionLine(command, option)),
    ...argumentLines(command),
  ])
  return `# fish completion of setpoint, as \`setpoint completion fish\` prints it
set -g __setpoint_paths ${paths.join(' ')}
${HELPERS}
complete -c setpoint -f
${lines.join('\n')}
`
}

// The words that lead to a command are those which, together, are a path of the program.
const HELPERS = `function __setpoint_path
  set -l at
  for word in (commandline -opc)[2..]
    set -l next (string trim -- "$at $word")
    contains -- $next $__setpoint_paths; and set at $at $word
  end
  echo "$at"
end
function __setpoint_at
  test "$(__setpoint_path)" = "$argv[1]"
end
function __setpoint_names
  setpoint __complete $argv[1] (commandline -opc)[2..] 2>/dev/null
end`

function atPath({ path }: CommandWords): string {
  return fishQuote(`__setpoint_at ${fishQuote(path)}`)
}

function optionLine(command: CommandWords, { name, about, value }: OptionWords): string {
  const line = `complete -c setpoint -n ${atPath(command)} -l ${name.replace(/^--/, '')} -d ${fishQuote(about)}`
  return value === undefined ? line : `${line} ${valueFlags(value)}`
}

function argumentLines(command: CommandWords): readonly string[] {
  const kinds = command.arguments.map(({ kind }) => kind).filter((kind) => kind !== 'nothing')
  return kinds.map((kind) => {
    const flags = kind === 'file' || kind === 'folder' ? valueFlags(kind) : listFlag(kind)
    return `complete -c setpoint -n ${atPath(command)} ${flags}`
  })
}

function valueFlags(kind: Kind): string {
  if (kind === 'nothing') return '-x'
  if (kind === 'file') return '-rF'
  return kind === 'folder' ? "-x -a '(__fish_complete_directories)'" : `-x ${listFlag(kind)}`
}

function listFlag(kind: Kind): string {
  const list = typeof kind === 'string' ? `(__setpoint_names ${kind})` : kind.join(' ')
  return `-a ${fishQuote(list)}`
}

/** Fish knows two escapes between single quotes. */
function fishQuote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
