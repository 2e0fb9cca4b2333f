import type { Diagnostic } from './diagnostic.ts'
import { quote } from './diagnostic.ts'
import { nearestName } from './nearest.ts'

/** The way to a value inside a plan: keys of maps and indices of lists. */
export type Path = readonly (string | number)[]

/** A part of a text as offsets: from, and to (exclusive). */
export interface Part {
  readonly from: number
  readonly to: number
}

/** A diagnostic that knows what is wrong in the plan's value, but not yet where that was written. */
export interface Finding {
  readonly rule: string
  /** An error when not said. */
  readonly severity?: 'error' | 'warning' | undefined
  readonly message: string
  readonly path: Path
  /** Whether the key or its value is at fault; the value when not said. */
  readonly at?: 'key' | 'value' | undefined
  /** The part of a text that is at fault; all of it when not said. */
  readonly within?: Part | undefined
  readonly expected?: string | undefined
  readonly suggestion?: string | undefined
}

/** A name that stands for nothing, with the nearest that does. */
export function unknownName(
  rule: string,
  path: Path,
  name: string,
  known: Iterable<string>,
  message: string,
): Finding {
  return { rule, path, message, suggestion: nearestName(name, known) }
}

export function unknownTask(path: Path, name: string, known: Iterable<string>): Finding {
  return unknownName('unknown-task', path, name, known, `the plan has no task ${quote(name)}`)
}

/** `tasks.backup.requires`, `tags[0]`, `states["a.b"]`. */
export function formatPath(path: Path): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (/^[\w/-]+$/.test(part)) text += text === '' ? part : `.${part}`
    else text += `[${quote(part)}]`
  }
  return text
}

/** Finds where a value was written; knows nothing of plans that were written in code. */
export type Locate = (
  path: Path,
  at: 'key' | 'value',
  within?: Part,
) => Pick<Diagnostic, 'file' | 'line' | 'column' | 'length'>

export function toDiagnostic(finding: Finding, locate: Locate, plan?: string): Diagnostic {
  const { rule, severity, message, path, at = 'value', within, expected, suggestion } = finding
  const place = locate(path, at, within)
  return {
    rule,
    ...(severity === 'warning' && { severity }),
    message,
    path: formatPath(path),
    ...place,
    ...(place.file === undefined && plan !== undefined && { plan }),
    ...(expected !== undefined && { expected }),
    ...(suggestion !== undefined && { suggestion }),
  }
}
