import { Readable, Writable } from 'node:stream'
import { isCancel, select, text } from '@clack/prompts'
import { type Io, isRedrawable } from '../io.ts'
import { DEFAULT_EXAMPLE, EXAMPLES, type Example, findExample } from './examples.ts'

/** What a project is made from. */
export interface Choices {
  readonly folder: string
  readonly example: Example
}

const DEFAULTS: Choices = { folder: '.', example: DEFAULT_EXAMPLE }

/**
 * Asks for what was not given, where somebody can be asked; elsewhere, and with `yes`, it is the
 * usual. Undefined: whoever was asked wants none of it.
 */
export async function chooseAll(
  given: Partial<Choices>,
  yes: boolean,
  io: Io,
): Promise<Choices | undefined> {
  const terminal = yes ? undefined : terminalOf(io)
  if (terminal === undefined) return { ...DEFAULTS, ...given }
  const folder = given.folder ?? (await askFolder(terminal))
  const example = folder === undefined ? undefined : (given.example ?? (await askExample(terminal)))
  return folder === undefined || example === undefined ? undefined : { folder, example }
}

interface Terminal {
  readonly input: Readable
  readonly output: Writable
}

function terminalOf({ stdin, stderr, env }: Io): Terminal | undefined {
  if (stdin.isTTY !== true || !isRedrawable(stderr, env)) return undefined
  if (!(stdin instanceof Readable && stderr instanceof Writable)) return undefined
  return { input: stdin, output: stderr }
}

async function askFolder(terminal: Terminal): Promise<string | undefined> {
  const answer = await text({
    ...terminal,
    message: 'In which folder?',
    placeholder: 'this one',
    defaultValue: DEFAULTS.folder,
  })
  return isCancel(answer) ? undefined : answer
}

async function askExample(terminal: Terminal): Promise<Example | undefined> {
  const answer = await select<string>({
    ...terminal,
    message: 'What do you want to begin with?',
    options: EXAMPLES.map(({ name, about }) => ({ value: name, label: name, hint: about })),
    initialValue: DEFAULTS.example.name,
  })
  return isCancel(answer) ? undefined : findExample(answer)
}
