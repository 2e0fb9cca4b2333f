import { stripTypeScriptTypes } from 'node:module'
import { type Node, type Program, parse, parseExpressionAt } from 'acorn'
import { withoutExperimentalWarning } from './experimental-warning.ts'

/** One module as JavaScript. Types have become blanks, so that every place is that of the source. */
export interface Syntax {
  readonly text: string
  readonly program: Program
}

/** Why a text is no module, and where. */
export interface SyntaxFault {
  readonly message: string
  /** From 1. */
  readonly line: number | undefined
  /** From 1, in UTF-16 code units. */
  readonly column: number | undefined
  readonly length: number
}

export type SyntaxRead =
  | { readonly syntax: Syntax; readonly fault?: undefined }
  | { readonly syntax?: undefined; readonly fault: SyntaxFault }

/** Reads a module in TypeScript whose types can be erased, or in JavaScript. */
export function readSyntax(source: string, language: 'typescript' | 'javascript'): SyntaxRead {
  const stripped = language === 'typescript' ? stripTypes(source) : source
  if (typeof stripped !== 'string') return { fault: stripped }
  // What names the interpreter may stand at the very start only, and our text does not stay there.
  const text = stripped.startsWith('#!') ? `//${stripped.slice(2)}` : stripped
  try {
    return {
      syntax: { text, program: parse(text, { ecmaVersion: 'latest', sourceType: 'module' }) },
    }
  } catch (error) {
    return { fault: fromParser(error) }
  }
}

/** What keeps a text from being JSON. */
export function findJsonFault(source: string): SyntaxFault | undefined {
  try {
    JSON.parse(source)
    return undefined
  } catch (error) {
    const { message } = toError(error)
    // Without the place and the piece of text, which a diagnostic shows itself.
    const reason = message.replace(/(?:, (?:\.\.\.)?"| in JSON| at position).*$/s, '')
    return { message: `this is not JSON: ${reason}`, ...placeInJson(source, toError(error)) }
  }
}

/** Node gives a place for some errors only; what JSON and JavaScript both refuse has one as well. */
function placeInJson(source: string, { message }: Error): Omit<SyntaxFault, 'message'> {
  const [, line, column] = / \(line (\d+) column (\d+)\)/.exec(message) ?? []
  if (line !== undefined) return { line: Number(line), column: Number(column), length: 1 }
  try {
    parseExpressionAt(source, 0, { ecmaVersion: 'latest' })
    return { line: undefined, column: undefined, length: 1 }
  } catch (error) {
    const { line: row, column: at, length } = fromParser(error)
    return { line: row, column: at, length }
  }
}

/** Whether it is a script, as CommonJS files are, which may hold what a module may not. */
export function isScript(source: string): boolean {
  try {
    parse(source, {
      ecmaVersion: 'latest',
      sourceType: 'script',
      allowHashBang: true,
      allowReturnOutsideFunction: true,
    })
    return true
  } catch {
    return false
  }
}

function stripTypes(source: string): string | SyntaxFault {
  try {
    return withoutExperimentalWarning(() => stripTypeScriptTypes(source))
  } catch (error) {
    return fromStripper(error, source)
  }
}

/** The line, and a picture of it among its neighbours, as Node puts them before the stack. */
const STRIPPER_PLACE = /^[^\n]*:(\d+)\n([\s\S]*?)\n\n/

function fromStripper(error: unknown, source: string): SyntaxFault {
  const { message, stack = '' } = toError(error)
  const [, line, picture = ''] = STRIPPER_PLACE.exec(stack) ?? []
  if (line === undefined) return { message, line: undefined, column: undefined, length: 1 }
  const text = source.split('\n')[Number(line) - 1] ?? ''
  const blamed = underlined(picture.split('\n'))
  const found = blamed === undefined ? -1 : text.indexOf(blamed)
  const at = found === -1 ? text.search(/\S|$/) : found
  const length = found === -1 ? Math.max(1, text.trim().length) : (blamed?.length ?? 1)
  return { message, line: Number(line), column: at + 1, length }
}

/** What stands above the carets; undefined where the picture has none, as for several lines. */
function underlined(picture: readonly string[]): string | undefined {
  const index = picture.findIndex((line) => /^ *\^+$/.test(line))
  const carets = picture[index] ?? ''
  const blamed = picture[index - 1]?.slice(carets.indexOf('^'), carets.length)
  return blamed === '' ? undefined : blamed
}

function fromParser(error: unknown): SyntaxFault {
  const { message } = toError(error)
  const place = (error as { readonly loc?: { readonly line: number; readonly column: number } }).loc
  return {
    message: message.replace(/ \(\d+:\d+\)$/, ''),
    line: place?.line,
    column: place === undefined ? undefined : place.column + 1,
    length: 1,
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

/** Every node of a tree, parents first; without recursion, however deep the tree is. */
export function* nodesOf(root: Node): Generator<Node> {
  const open: unknown[] = [root]
  while (open.length > 0) {
    const next = open.pop()
    if (Array.isArray(next)) open.push(...next.toReversed())
    else if (isNode(next)) {
      yield next
      open.push(...Object.values(next).reverse())
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}
