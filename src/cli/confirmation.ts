import { InputError } from '../core/errors.ts'
import { type Io, isTerminal } from './io.ts'
import type { YesOption } from './options.ts'
import { printable } from './style.ts'

/**
 * Whether the user wants it: `--yes`, or an answer on a terminal.
 * @throws {InputError} where nobody can be asked.
 */
export async function confirmed(question: string, { yes }: YesOption, io: Io): Promise<boolean> {
  if (yes) return true
  if (io.stdin.isTTY !== true || !isTerminal(io.stderr, io.env)) {
    throw new InputError(`${printable(question)} give --yes to do it, or --dry-run to look first`)
  }
  io.stderr.write(`${printable(question)} [y/N] `)
  return /^y(es)?$/i.test((await readLine(io.stdin)).trim())
}

async function readLine(stdin: Io['stdin']): Promise<string> {
  let text = ''
  for await (const chunk of stdin) {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8')
    if (text.includes('\n')) break
  }
  return text.split('\n', 1)[0] ?? ''
}
