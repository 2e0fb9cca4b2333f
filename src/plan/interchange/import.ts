import { isRecord, ownValue } from '../data.ts'
import type { Diagnostic } from '../diagnostic.ts'
import type { Finding, Locate, Path } from '../finding.ts'
import { toDiagnostic } from '../finding.ts'
import { findShapeMistakes } from '../schema/findings.ts'
import { closed } from '../schema/values.ts'
import { parseSource } from '../source/source.ts'
import { checkWorld } from '../world/check.ts'
import { collectEdges, edgeTask } from '../world/edges.ts'
import { MACHINE_PATH, outlineWorld } from '../world/outline.ts'
import { WorldSchema } from '../world/schema.ts'
import type { FoundMachine } from './found-machine.ts'
import { readModule } from './module.ts'
import { fromStatesMap, isStatesMap } from './states-map.ts'

export interface ImportedMachine {
  /** A config that is sound as a world; undefined when the diagnostics say why there is none. */
  readonly config: Readonly<Record<string, unknown>> | undefined
  readonly diagnostics: readonly Diagnostic[]
  readonly notes: readonly string[]
}

const MODULE = /\.[cm]?(ts|js)$/

/**
 * The machine that a file holds: an XState config as Stately exports it (JSON, or YAML), a module in
 * TypeScript or JavaScript, which is read and never run, or a map of states and transitions.
 * `name`: which machine of a module that makes several.
 */
export function importMachine(file: string, text: string, name?: string): ImportedMachine {
  const found = MODULE.test(file) ? readModule(file, text, name) : readData(file, text)
  const { config, diagnostics, notes } = found
  const all = config === undefined ? diagnostics : [...diagnostics, ...judge(found, file)]
  const isSound = isRecord(config) && all.every(({ severity }) => severity === 'warning')
  return { config: isSound ? config : undefined, diagnostics: all, notes }
}

function readData(file: string, text: string): FoundMachine {
  const { value, diagnostics, locate } = parseSource(file, text)
  const inPlan = isRecord(value) && ownValue(value, 'states') === undefined
  const at: Path = inPlan && ownValue(value, 'machine') !== undefined ? ['machine'] : []
  const written = at.length === 0 ? value : ownValue(value, 'machine')
  const place: Locate = (path, part) => ({ file, ...locate([...at, ...path], part) })
  if (diagnostics.length > 0) return { config: undefined, diagnostics, locate: place, notes: [] }
  if (isStatesMap(written)) return fromStatesMap(written, place)
  return { config: written, diagnostics: [], locate: place, notes: [] }
}

/** What is wrong with the config as a world; the names of code cannot be judged without code. */
function judge({ config, locate, diagnostics }: FoundMachine, file: string): readonly Diagnostic[] {
  const schema = closed({ machine: WorldSchema })
  const findings: Finding[] = [...findShapeMistakes(schema, { machine: config })]
  // What could not be read is missing from the config, and that it is missing would only mislead.
  if (isRecord(config) && diagnostics.length === 0) {
    findings.push(...checkDrawing(config))
  }
  const inside: Locate = (path, at) => ({ file, ...locate(path.slice(MACHINE_PATH.length), at) })
  return findings.map((finding) => toDiagnostic(finding, inside))
}

/** As a plan's machine is checked, but for what a drawing need not have yet: checks and tasks. */
function checkDrawing(config: unknown): readonly Finding[] {
  const outline = outlineWorld(config, 'machine')
  const tasks = collectEdges(outline).flatMap((edge) => edgeTask(edge) ?? [])
  return checkWorld(outline, undefined, new Set(tasks), []).findings.map((finding) =>
    finding.rule === 'state-without-check' ? { ...finding, severity: 'warning' } : finding,
  )
}
