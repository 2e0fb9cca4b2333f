import { isRecord } from '../data.ts'
import type { Finding, Part, Path } from '../finding.ts'
import type { Place } from './error.ts'
import { ExpressionError } from './error.ts'
import { evaluate } from './evaluate.ts'
import type { Expression, Names, Template } from './expression.ts'
import { OPENING, toParts } from './interpolation.ts'
import { resolveNames } from './names.ts'
import type { Parsed } from './parse.ts'
import { parse, SyntaxProblem } from './parse.ts'
import { toText } from './text-functions.ts'
import { describeType } from './values.ts'

/** `text` is exactly one `${{ … }}`; otherwise a finding says how to write it. */
export function compileExpression(
  text: string,
  path: Path,
  names: Names,
): { readonly expression: Expression | undefined; readonly findings: readonly Finding[] } {
  const { parts, unclosed } = toParts(text.trim())
  const lead = leadOf(text)
  const [only] = parts
  if (unclosed === undefined && parts.length === 1 && only?.kind === 'expression') {
    const findings: Finding[] = []
    const expression = compileOne(only.text, { path, offset: lead + only.at }, names, findings)
    return { expression, findings }
  }
  const message =
    unclosed === undefined
      ? `this has to be one expression, written between ${OPENING} and }}`
      : UNCLOSED
  const expected = `${OPENING} … }} and nothing around it`
  return { expression: undefined, findings: [{ rule: 'expression', path, message, expected }] }
}

const UNCLOSED = `a ${OPENING} is never closed by }}: write $${OPENING} for ${OPENING} itself`

/** Where a text stands: in the value at a path, from an offset on. */
interface Origin {
  readonly path: Path
  readonly offset: number
}

/** The length of the spaces before a text. */
function leadOf(text: string): number {
  return text.length - text.trimStart().length
}

function compileOne(
  source: string,
  { path, offset }: Origin,
  names: Names,
  findings: Finding[],
): Expression | undefined {
  const text = source.trim()
  const origin = { path, offset: offset + leadOf(source) }
  const parsed = parseOrReport(text, origin, findings)
  if (parsed === undefined) return undefined
  const { node, mistyped } = parsed
  const { variables, asksForOutcome, problems } = resolveNames(node, names)
  for (const { rule, message, place, suggestion } of problems) {
    const within = shifted(place, origin)
    findings.push({ rule, path, within, message: placed(message, text, place), suggestion })
  }
  if (problems.length === 0 && mistyped !== undefined) report(mistyped, text, origin, findings)
  if (problems.length > 0 || mistyped !== undefined) return undefined
  return {
    text,
    variables,
    asksForOutcome,
    evaluate: (scope, failed = false) => evaluate(text, node, scope, failed),
  }
}

function parseOrReport(text: string, origin: Origin, findings: Finding[]): Parsed | undefined {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error
    report(error, text, origin, findings)
    return undefined
  }
}

function report(
  { message, place }: SyntaxProblem,
  text: string,
  origin: Origin,
  findings: Finding[],
): void {
  const within = shifted(place, origin)
  const { path } = origin
  findings.push({ rule: 'expression', path, within, message: placed(message, text, place) })
}

function shifted({ from, to }: Place, { offset }: Origin): Part {
  return { from: offset + from, to: offset + to }
}

/** What is wrong, with the text at fault and where in the expression it stands. */
function placed(message: string, text: string, { from, to }: Place): string {
  const shown = text.slice(from, Math.min(to, from + 40)).trim()
  const near = shown === '' ? 'at its end' : `at ${JSON.stringify(shown)}`
  return `${message} (expression ${near}, column ${from + 1})`
}

/** Any data: each string in it may hold expressions. Names of entries are not looked at. */
export function compileTemplate(
  value: unknown,
  path: Path,
  names: Names,
): { readonly template: Template | undefined; readonly findings: readonly Finding[] } {
  const build: Build = { names, findings: [], variables: new Set(), isConstant: true, open: [] }
  const evaluateValue = compileValue(value, path, build)
  const { findings, variables, isConstant } = build
  if (findings.length > 0) return { template: undefined, findings }
  const template: Template = {
    isConstant,
    variables,
    evaluate: (scope, failed = false) => evaluateValue(scope, failed),
  }
  return { template, findings }
}

type Evaluate = Expression['evaluate']

interface Build {
  readonly names: Names
  readonly findings: Finding[]
  readonly variables: Set<string>
  isConstant: boolean
  /** The lists and maps around the value: a plan in code may hold one that contains itself. */
  readonly open: unknown[]
}

const DEEPEST = 128

function compileValue(value: unknown, path: Path, build: Build): Evaluate {
  if (typeof value === 'string') return compileString(value, path, build)
  if (!Array.isArray(value) && !isRecord(value)) return () => value
  if (build.open.length > DEEPEST || build.open.includes(value)) {
    const message = build.open.includes(value)
      ? 'this contains itself'
      : 'this is nested too deeply'
    build.findings.push({ rule: 'expression', path, message })
    return () => undefined
  }
  build.open.push(value)
  const compiled = Array.isArray(value)
    ? compileList(value, path, build)
    : compileMap(value, path, build)
  build.open.pop()
  return compiled
}

function compileList(list: readonly unknown[], path: Path, build: Build): Evaluate {
  const items = list.map((item, index) => compileValue(item, [...path, index], build))
  return (scope, failed) => items.map((item) => item(scope, failed))
}

function compileMap(map: Readonly<Record<string, unknown>>, path: Path, build: Build): Evaluate {
  const entries = Object.entries(map).map(
    ([key, entry]) => [key, compileValue(entry, [...path, key], build)] as const,
  )
  return (scope, failed) =>
    Object.fromEntries(entries.map(([key, entry]) => [key, entry(scope, failed)] as const))
}

function compileString(source: string, path: Path, build: Build): Evaluate {
  const { parts, unclosed } = toParts(source)
  if (unclosed !== undefined) {
    const within = { from: unclosed, to: source.length }
    build.findings.push({ rule: 'expression', path, within, message: UNCLOSED })
    return () => source
  }
  const compiled = parts.map((part) =>
    part.kind === 'text' ? part.text : compilePart(part.text, { path, offset: part.at }, build),
  )
  const [only] = compiled
  if (compiled.length === 1 && typeof only === 'object') return only.evaluate
  return (scope, failed) => compiled.map((part) => partText(part, scope, failed)).join('')
}

function compilePart(text: string, origin: Origin, build: Build): Expression | string {
  build.isConstant = false
  const expression = compileOne(text, origin, build.names, build.findings)
  for (const variable of expression?.variables ?? []) build.variables.add(variable)
  return expression ?? ''
}

function partText(part: Expression | string, scope: Parameters<Evaluate>[0], failed?: boolean) {
  if (typeof part === 'string') return part
  const value = part.evaluate(scope, failed)
  const text = toText(value)
  if (text !== undefined) return text
  const message = `${describeType(value)} cannot stand inside a text: use json(…)`
  throw new ExpressionError(message, part.text, { from: 0, to: part.text.length })
}
