import type { CST, Document } from 'yaml'
import { Composer, Lexer, LineCounter, Parser } from 'yaml'
import type { Diagnostic } from '../diagnostic.ts'
import type { Part, Path } from '../finding.ts'
import { createLocator } from './position.ts'
import type { Report, Span } from './span.ts'
import { SOURCE_LIMITS } from './span.ts'
import { toValue } from './value.ts'

/** A YAML or JSON file as a value, with the position of everything in it. */
export interface Source {
  readonly file: string
  readonly text: string
  /** Undefined when the text could not be read at all: then `diagnostics` says why. */
  readonly value: unknown
  readonly diagnostics: readonly Diagnostic[]
  locate(
    path: Path,
    at: 'key' | 'value',
    within?: Part,
  ): Pick<Diagnostic, 'line' | 'column' | 'length'>
}

/** Reads YAML 1.2 text (JSON is a part of it). Never throws: what is wrong stands in `diagnostics`. */
export function parseSource(file: string, written: string): Source {
  const text = written.startsWith('\uFEFF') ? written.slice(1) : written
  const diagnostics: Diagnostic[] = []
  const lines = new LineCounter()
  const place = (span: Span) => placeOf(span, text, lines)
  const report: Report = (rule, message, span, path = '') =>
    diagnostics.push({ rule, message, path, file, ...place(span) })

  const document = compose(text, lines, report)
  if (document === undefined) {
    return { file, text, value: undefined, diagnostics, locate: () => place([0, 1]) }
  }
  const { value, resolved } = toValue(document, report)
  const locator = createLocator(document, text, resolved)
  return { file, text, value, diagnostics, locate: (...given) => place(locator(...given)) }
}

function placeOf([from, to]: Span, text: string, lines: LineCounter) {
  const { line, col } = lines.linePos(from)
  const newline = text.indexOf('\n', from)
  const end = Math.min(to, newline === -1 ? text.length : newline)
  return { line: Math.max(1, line), column: Math.max(1, col), length: Math.max(1, end - from) }
}

/** The text as one YAML document; undefined when it is none, or too much of one. */
function compose(text: string, lines: LineCounter, report: Report): Document.Parsed | undefined {
  if (Buffer.byteLength(text) > SOURCE_LIMITS.bytes) {
    report('too-large', `the file is larger than ${SOURCE_LIMITS.bytes / 1024} KiB`, [0, 1])
    return undefined
  }
  const { tokens, excess: end } = tokenise(text, lines)
  if (!withinLimits(tokens, report)) return undefined
  if (end !== undefined) {
    report(...TOO_MANY_VALUES, [end, end + 1])
    return undefined
  }
  const documents = composeDocuments(tokens, text, report)
  const [document, second] = documents
  if (second !== undefined) {
    report('yaml-documents', 'a plan file holds one document', [second.range[0], second.range[1]])
    return undefined
  }
  const problems = [...(document?.errors ?? []), ...(document?.warnings ?? [])]
  for (const { message, pos } of problems) report('yaml-syntax', message, pos)
  return problems.length === 0 ? document : undefined
}

/** The tokens of the text, as far as anybody writes: `excess` is where that ended. */
function tokenise(text: string, lines: LineCounter): { tokens: CST.Token[]; excess?: number } {
  const parser = new Parser(lines.addNewLine)
  const tokens: CST.Token[] = []
  lines.addNewLine(0)
  let lexemes = 0
  for (const lexeme of new Lexer().lex(text)) {
    if (++lexemes > SOURCE_LIMITS.lexemes) {
      return { tokens: [...tokens, ...parser.end()], excess: parser.offset }
    }
    tokens.push(...parser.next(lexeme))
  }
  return { tokens: [...tokens, ...parser.end()] }
}

function composeDocuments(tokens: CST.Token[], text: string, report: Report): Document.Parsed[] {
  const composer = new Composer({ version: '1.2', uniqueKeys: false, merge: false })
  try {
    const documents: Document.Parsed[] = []
    for (const document of composer.compose(tokens, true, text.length)) {
      documents.push(document as Document.Parsed)
      // One too many is enough to say so.
      if (documents.length > 1) break
    }
    return documents
  } catch (error) {
    // Text that makes the library itself give up is as unreadable as any other syntax error.
    report('yaml-syntax', `the file cannot be read: ${(error as Error).message}`, [0, 1])
    return []
  }
}

interface Nested {
  readonly token: CST.Token
  readonly depth: number
}

/**
 * Looks at the bare tokens, because composing recurses: deep nesting has to be found without
 * recursion, before it overflows the stack.
 */
function withinLimits(tokens: readonly CST.Token[], report: Report): boolean {
  const open: Nested[] = tokens.map((token) => ({ token, depth: 0 }))
  let values = 0
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const refused = ++values > SOURCE_LIMITS.values ? TOO_MANY_VALUES : excess(next)
    if (refused !== undefined) {
      report(refused[0], refused[1], [next.token.offset, next.token.offset + 1])
      return false
    }
    open.push(...inside(next))
  }
  return true
}

const TOO_MANY_VALUES = [
  'too-many-values',
  `more than ${SOURCE_LIMITS.values} values in one file`,
] as const

function excess({ token, depth }: Nested): readonly [rule: string, message: string] | undefined {
  if (token.type === 'directive') {
    return ['yaml-directive', 'directives such as %YAML are not allowed']
  }
  if (marksOf(token) > SOURCE_LIMITS.marks) {
    return ['too-many-marks', `more than ${SOURCE_LIMITS.marks} marks in one place`]
  }
  if (!('items' in token)) return undefined
  if (depth >= SOURCE_LIMITS.depth) {
    return ['too-deep', `nested deeper than ${SOURCE_LIMITS.depth} levels`]
  }
  if (token.items.length > SOURCE_LIMITS.keysPerMap && isMap(token)) {
    return ['too-many-keys', `more than ${SOURCE_LIMITS.keysPerMap} keys in one map`]
  }
  return undefined
}

/** The most tags and anchors that stand before one value. */
function marksOf(token: CST.Token): number {
  if (token.type === 'document') return token.start.filter(isMark).length
  if (!('items' in token)) return 0
  let most = 0
  for (const { start, sep } of token.items) {
    if (start.length > most) most = Math.max(most, start.filter(isMark).length)
    if (sep && sep.length > most) most = Math.max(most, sep.filter(isMark).length)
  }
  return most
}

function isMark({ type }: CST.SourceToken): boolean {
  return type === 'tag' || type === 'anchor'
}

function inside({ token, depth }: Nested): readonly Nested[] {
  if (token.type === 'document') return token.value ? [{ token: token.value, depth }] : []
  if (!('items' in token)) return []
  return token.items.flatMap(({ key, value }) =>
    [key, value].flatMap((each) => (each ? [{ token: each, depth: depth + 1 }] : [])),
  )
}

function isMap(token: CST.BlockMap | CST.BlockSequence | CST.FlowCollection): boolean {
  if (token.type === 'flow-collection') return token.start.source === '{'
  return token.type === 'block-map'
}
