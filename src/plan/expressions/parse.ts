import type { ASTNode } from '@marcbachmann/cel-js'
import { TypeError as CelTypeError, Environment, ParseError } from '@marcbachmann/cel-js'
import type { Place } from './error.ts'
import { FUNCTIONS } from './functions.ts'
import type { BinaryOperator, Loop, Node } from './syntax.ts'

/** What one expression may be made of. */
const EXPRESSION_LIMITS = { text: 4096, nodes: 500, depth: 64 } as const

/** An expression that cannot be used, and why. */
export class SyntaxProblem extends Error {
  readonly place: Place

  constructor(message: string, { from, to }: Place) {
    super(message)
    this.place = { from, to: Math.max(to, from + 1) }
  }
}

export interface Parsed {
  readonly node: Node
  /** Types that cannot fit, whatever the values. */
  readonly mistyped: SyntaxProblem | undefined
}

/** The expression as a tree. Throws a SyntaxProblem. */
export function parse(text: string): Parsed {
  const whole = { from: 0, to: text.length }
  if (Buffer.byteLength(text) > EXPRESSION_LIMITS.text) {
    const kib = EXPRESSION_LIMITS.text / 1024
    throw new SyntaxProblem(`an expression may be ${kib} KiB long`, { from: 0, to: 1 })
  }
  if (text.trim() === '') throw new SyntaxProblem('the expression is empty', whole)
  try {
    const parsed = language.parse(text)
    return { node: convert(parsed.ast), mistyped: checkTypes(parsed.check()) }
  } catch (error) {
    if (error instanceof ParseError) throw new SyntaxProblem(inWords(error), placeOf(error, text))
    // Parsing recurses, and some depths are not bounded by the library.
    if (error instanceof RangeError) throw new SyntaxProblem('nested too deeply', whole)
    throw error
  }
}

/** Parses and checks types; values are never computed by it. */
const language = createLanguage()

function createLanguage(): Environment {
  const environment = new Environment({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
    limits: {
      maxAstNodes: EXPRESSION_LIMITS.nodes,
      maxDepth: EXPRESSION_LIMITS.depth,
    },
  })
  // JSON has one kind of number: what the language keeps apart may be mixed here.
  for (const operator of ['+', '-', '*', '/', '%']) {
    environment.registerOperator(`int ${operator} double: double`, never)
    environment.registerOperator(`double ${operator} int: double`, never)
  }
  environment.registerOperator('double % double: double', never)
  for (const { signature, builtIn } of FUNCTIONS) {
    if (!builtIn) environment.registerFunction(signature, never)
  }
  return environment
}

function never(): never {
  throw new Error('values are not computed by the parser')
}

const TYPE_RULES = new Set([
  'no_such_overload',
  'no_matching_overload',
  'invalid_condition_type',
  'invalid_logical_operand',
  'cannot_index_type',
  'invalid_index_type',
  'invalid_comprehension_range',
])

/**
 * Takes up mistakes of types that no value can mend. That the arms of a choice have one type, and
 * that what is compared for equality has one, is not asked: data may hold anything.
 */
function checkTypes({ error }: { error?: unknown }): SyntaxProblem | undefined {
  if (error instanceof ParseError) throw error
  if (!(error instanceof CelTypeError) || !TYPE_RULES.has(error.code)) return undefined
  const operator = error.node?.op
  if (operator === '==' || operator === '!=' || operator === 'in') return undefined
  const place = { from: error.range?.start ?? 0, to: error.range?.end ?? 1 }
  const shown = error.summary.replace(/^(found )?no (such|matching) overload(: | for )/, '')
  return new SyntaxProblem(
    shown === error.summary ? lowerFirst(shown) : `the types do not fit: ${shown}`,
    place,
  )
}

function placeOf(error: ParseError, text: string): Place {
  const from = Math.min(error.range?.start ?? 0, text.length)
  return { from, to: error.range?.end ?? from + 1 }
}

const TOKENS: Readonly<Record<string, string>> = {
  EOF: 'the end',
  IDENTIFIER: 'a name',
  NUMBER: 'a number',
  STRING: 'a text',
  BYTES: 'bytes',
  LPAREN: '"("',
  RPAREN: '")"',
  LBRACKET: '"["',
  RBRACKET: '"]"',
  LBRACE: '"{"',
  RBRACE: '"}"',
  DOT: '"."',
  COMMA: '","',
  COLON: '":"',
  QUESTION: '"?"',
}

function inWords({ code, summary }: ParseError): string {
  if (code === 'limit_exceeded') {
    const [, limit = '', most = ''] = /Exceeded (\w+) \((\d+)\)/.exec(summary) ?? []
    if (limit === 'maxAstNodes') return `an expression may have ${most} parts`
    if (limit === 'maxDepth') return `nested deeper than ${most} levels`
    return `more than ${most} elements in one place`
  }
  return lowerFirst(summary.replace(/\b[A-Z]{3,}\b/g, (token) => TOKENS[token] ?? token))
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1)
}

const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter', 'map'])

function isLoop(name: string): name is Loop {
  return LOOPS.has(name)
}

function convert(ast: ASTNode): Node {
  const place = { from: ast.start, to: ast.end }
  switch (ast.op) {
    case 'value':
      return { ...place, kind: 'value', value: toLiteral(ast.args, place) }
    case 'id':
      return { ...place, kind: 'name', name: ast.args }
    case '.':
    case '.?':
    case '[]':
    case '[?]':
      return convertField(ast, place)
    case 'call':
      return convertCall(ast.args[0], ast.args[1], place)
    case 'rcall':
      return convertMethod(ast.args[0], ast.args[1], ast.args[2], place)
    case 'list':
      return { ...place, kind: 'list', items: ast.args.map(convert) }
    case 'map': {
      const entries = ast.args.map(([key, value]) => [convert(key), convert(value)] as const)
      return { ...place, kind: 'map', entries }
    }
    case '?:': {
      const [condition, yes, no] = ast.args.map(convert) as [Node, Node, Node]
      return { ...place, kind: 'choice', condition, yes, no }
    }
    case '||':
    case '&&': {
      const [left, right] = ast.args
      const kind = ast.op === '||' ? 'or' : 'and'
      return { ...place, kind, left: convert(left), right: convert(right) }
    }
    case '!_':
    case '-_':
      return {
        ...place,
        kind: 'unary',
        operator: ast.op === '!_' ? '!' : '-',
        of: convert(ast.args),
      }
    default:
      return convertBinary(ast.op, ast.args, place)
  }
}

function convertField(
  ast: ASTNode & { readonly op: '.' | '.?' | '[]' | '[?]' },
  place: Place,
): Node {
  const [of, written] = ast.args
  const key: Node =
    typeof written === 'string'
      ? { from: ast.pos, to: ast.end, kind: 'value', value: written }
      : convert(written)
  const optional = ast.op === '.?' || ast.op === '[?]'
  return { ...place, kind: 'field', of: convert(of), key, optional }
}

function convertBinary(
  operator: BinaryOperator,
  [left, right]: readonly [ASTNode, ASTNode],
  place: Place,
): Node {
  return { ...place, kind: 'binary', operator, left: convert(left), right: convert(right) }
}

function convertCall(name: string, args: readonly ASTNode[], place: Place): Node {
  const [subject] = args
  if (name !== 'has' || subject === undefined) {
    return { ...place, kind: 'call', name, args: args.map(convert) }
  }
  if (subject.op !== '.') {
    throw new SyntaxProblem('has() asks for a field, such as has(input.name)', place)
  }
  return { ...place, kind: 'has', of: convert(subject.args[0]), key: subject.args[1] }
}

function convertMethod(
  name: string,
  receiver: ASTNode,
  args: readonly ASTNode[],
  place: Place,
): Node {
  if (receiver.op === 'id' && receiver.args === 'optional') {
    return { ...place, kind: 'call', name: `optional.${name}`, args: args.map(convert) }
  }
  const of = convert(receiver)
  const [variable, first, second] = args
  if (!isLoop(name) || variable === undefined || first === undefined) {
    return { ...place, kind: 'method', name, of, args: args.map(convert) }
  }
  if (variable.op !== 'id') {
    throw new SyntaxProblem(`${name}() needs a name for the item first`, place)
  }
  return {
    ...place,
    kind: 'loop',
    loop: name,
    of,
    variable: variable.args,
    where: second === undefined ? undefined : convert(first),
    body: convert(second ?? first),
  }
}

const WIDEST_INT = 2n ** 63n

function toLiteral(value: unknown, place: Place): null | boolean | bigint | number | string {
  switch (typeof value) {
    case 'bigint':
      if (value < WIDEST_INT) return value
      throw new SyntaxProblem('a whole number has at most 64 bits', place)
    case 'boolean':
    case 'number':
    case 'string':
      return value
    default:
      if (value === null) return value
      throw new SyntaxProblem('bytes and unsigned numbers are not offered', place)
  }
}
