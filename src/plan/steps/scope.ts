import { isRecord, listOf, ownValue } from '../data.ts'
import type { NamedValues } from '../declaration.ts'
import type { Names } from '../expressions/expression.ts'
import type { Finding, Path } from '../finding.ts'
import type { HandlerModule } from '../handler.ts'

/** A task that a step runs under the lease of its own. */
export interface SubTask {
  readonly name: string
  readonly path: Path
  /** What the step gives it, as it is written. */
  readonly input: unknown
}

/** What the steps of one task are read against. */
export interface Surroundings {
  /** Undefined while the code cannot be loaded: then nothing is said about its names. */
  readonly handlers: NamedValues | undefined
  /** Where another thread or process finds the handler of that name. */
  readonly modules: (name: string) => HandlerModule | undefined
  /** Every task of the plan as it was written, by name. */
  readonly tasks: ReadonlyMap<string, unknown>
  /** Tasks that exist but could not be read. */
  readonly unread: ReadonlySet<string>
  /** What `input.<name>` may name; undefined: anything. */
  readonly input: ReadonlySet<string> | undefined
  readonly findings: Finding[]
  /** The tasks that steps run, and where they say so. */
  readonly subTasks: SubTask[]
  /** Ids of all steps of the task so far. */
  readonly ids: Set<string>
}

/** Where a step stands, for the names that its expressions may use. */
export interface Sight {
  /** Ids of the steps that are over when it begins. */
  readonly before: Set<string>
  readonly inItem: boolean
}

const VARIABLES = ['input', 'steps', 'event', 'dependencies', 'plan', 'attempt']

export function namesFor({ input }: Surroundings, sight: Sight, outcome = false): Names {
  const own = sight.inItem ? ['item', 'index'] : []
  return {
    variables: new Set([...VARIABLES, ...own]),
    steps: new Set(sight.before),
    input,
    outcome,
  }
}

/** The names of a closed input; a JSON Schema is open unless it says otherwise. */
export function closedKeys(schema: unknown): ReadonlySet<string> | undefined {
  if (!isRecord(schema) || ownValue(schema, 'additionalProperties') !== false) return undefined
  const combined = ['allOf', 'anyOf', 'oneOf', '$ref', 'patternProperties', 'if']
  if (combined.some((key) => ownValue(schema, key) !== undefined)) return undefined
  if (!listOf(ownValue(schema, 'type')).includes('object')) return undefined
  const properties = ownValue(schema, 'properties')
  return new Set(isRecord(properties) ? Object.keys(properties) : [])
}
