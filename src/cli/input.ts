import { readFile } from 'node:fs/promises'
import { InputError } from '../core/errors.ts'
import type { Io } from './io.ts'
import { jsonErrorOffset } from './json-error.ts'
import { printable } from './style.ts'

/**
 * The value that `--input`, or another option, stands for: JSON, `@file` or `-` for standard input.
 * @throws {InputError} that says where the text stops being JSON.
 */
export async function readInput(
  option: string,
  stdin: Io['stdin'],
  name = '--input',
): Promise<unknown> {
  if (option === '-') return parseJson(await readStdin(stdin), 'standard input')
  if (!option.startsWith('@')) return parseJson(option, name)
  const file = option.slice(1)
  try {
    return parseJson(await readFile(file, 'utf8'), file)
  } catch (cause) {
    if (cause instanceof InputError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new InputError(`${name} ${option} cannot be read: ${reason}`, { cause })
  }
}

/** Everything that comes in until the end of input, as text. */
export async function readStdin(stdin: Io['stdin']): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stdin) {
    chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text.replace(/^\u{FEFF}/u, ''))
  } catch (cause) {
    throw new InputError(describe(text.replace(/^\u{FEFF}/u, ''), source), { cause })
  }
}

const EXCERPT = 60

function describe(text: string, source: string): string {
  const offset = jsonErrorOffset(text)
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  const start = before.lastIndexOf('\n') + 1
  const column = offset - start + 1
  const found = text[offset]
  const problem =
    found === undefined
      ? 'the text ends too early'
      : `${JSON.stringify(found)} is not expected here`
  const shownFrom = Math.max(start, offset - EXCERPT)
  const [shown = ''] = text.slice(shownFrom, offset + EXCERPT).split('\n', 1)
  return [
    `${source} is not JSON: line ${line}, column ${column}: ${problem}`,
    `  ${printable(shown).replaceAll('\t', ' ')}`,
    `  ${' '.repeat(offset - shownFrom)}^`,
  ].join('\n')
}
