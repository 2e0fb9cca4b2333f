import { SetpointError } from '../core/errors.ts'

/** One thing that is wrong with a plan, and where. */
export interface Diagnostic {
  /** Kebab-case name of the rule, such as `unknown-state`. */
  readonly rule: string
  /** A warning does not keep the plan from being used; an error when not said. */
  readonly severity?: 'error' | 'warning' | undefined
  readonly message: string
  /** Where in the plan's value, such as `tasks.backup.requires`; empty for the whole plan. */
  readonly path: string
  /** The name of a plan that was defined in code and so has no file. */
  readonly plan?: string | undefined
  readonly file?: string | undefined
  /** From 1. */
  readonly line?: number | undefined
  /** From 1, in UTF-16 code units. */
  readonly column?: number | undefined
  /** How many code units of that line are at fault. */
  readonly length?: number | undefined
  readonly expected?: string | undefined
  /** The nearest valid name. */
  readonly suggestion?: string | undefined
}

/** One or more plans cannot be used. The message shows every diagnostic with its source line. */
export class PlanError extends SetpointError {
  readonly diagnostics: readonly Diagnostic[]

  /** `sources` holds the text of each file that a diagnostic names, as far as it could be read. */
  constructor(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string>) {
    super('plan_invalid', summarise(diagnostics, sources))
    this.diagnostics = diagnostics
  }
}

const MOST_SHOWN = 50

function summarise(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string>,
): string {
  const mistakes = diagnostics.filter(({ severity }) => severity !== 'warning').length
  const count = mistakes === 1 ? '1 mistake' : `${mistakes} mistakes`
  return [`${count} in the plan`, ...formatDiagnostics(diagnostics, sources)].join('\n\n')
}

/** A paragraph for each; of very many only the first, and how many more there are. */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string>,
): readonly string[] {
  const shown = diagnostics
    .slice(0, MOST_SHOWN)
    .map((each) => formatDiagnostic(each, each.file && sources.get(each.file)))
  const hidden = diagnostics.length - shown.length
  return hidden > 0 ? [...shown, `and ${hidden} more`] : shown
}

/**
 * The diagnostic as a person reads it: `file:line:column`, what is wrong, the source line with a
 * caret under the text at fault, and what was probably meant.
 */
export function formatDiagnostic(diagnostic: Diagnostic, sourceText?: string): string {
  const { message, rule, severity, expected, suggestion } = diagnostic
  const said = severity === 'warning' ? `warning: ${message}` : message
  const lines = [printable(`${describePlace(diagnostic)}: ${said} (${rule})`)]
  if (sourceText !== undefined) lines.push(...excerpt(diagnostic, sourceText))
  if (expected !== undefined) lines.push(`  expected ${expected}`)
  if (suggestion !== undefined) lines.push(`  did you mean ${quote(suggestion)}?`)
  return lines.join('\n')
}

/** `file:line:column`, or the path inside a plan that has no file. */
export function describePlace(
  place: Pick<Diagnostic, 'file' | 'line' | 'column' | 'plan' | 'path'>,
): string {
  if (place.file !== undefined) {
    return place.line === undefined ? place.file : `${place.file}:${place.line}:${place.column}`
  }
  const plan = place.plan === undefined ? 'plan' : `plan ${quote(place.plan)}`
  return place.path === '' ? plan : `${plan}, ${place.path}`
}

const WIDEST_LINE = 120
const LEAD = 40

function excerpt({ line, column, length }: Diagnostic, text: string): string[] {
  const source = line === undefined ? undefined : text.split('\n')[line - 1]
  if (source === undefined || column === undefined) return []
  const start = source.length <= WIDEST_LINE ? 0 : Math.max(0, column - 1 - LEAD)
  const shown = printable(source.slice(start, start + WIDEST_LINE).trimEnd())
  const offset = column - 1 - start
  const width = Math.max(1, Math.min(length ?? 1, shown.length - offset))
  const gutter = `  ${line} | `
  const margin = `${' '.repeat(gutter.length - 2)}| `
  return [`${gutter}${shown}`, `${margin}${' '.repeat(offset)}${'^'.repeat(width)}`]
}

/** A plan's text reaches terminals: control characters must not, and one column must stay one. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ')
}

const LONGEST_QUOTE = 80

/** A name from a plan inside a message: quoted, bounded, without control characters. */
export function quote(name: unknown): string {
  const text = String(name)
  const clipped = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text
  return `"${printable(clipped)}"`
}
