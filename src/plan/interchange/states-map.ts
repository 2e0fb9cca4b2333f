import { entriesOf, isRecord, listOf, ownValue } from '../data.ts'
import type { Diagnostic } from '../diagnostic.ts'
import { quote } from '../diagnostic.ts'
import type { Finding, Locate, Path } from '../finding.ts'
import { toDiagnostic, unknownName } from '../finding.ts'
import type { FoundMachine } from './found-machine.ts'
import { takeName } from './take-name.ts'

/** From any state: one edge of each of the others. */
const ANY = '*'

/**
 * Whether it is the older form of a world: `states: {check_task, can_async, priority}` by name, and
 * a list of `transitions: [{from, to, cost, transition_task}]`.
 */
export function isStatesMap(value: unknown): boolean {
  if (!isRecord(value)) return false
  if (Array.isArray(value['transitions'])) return true
  return entriesOf(value['states']).some(([, state]) => ownValue(state, 'check_task') !== undefined)
}

/** The machine that such a map describes. Its first state is the initial one. */
export function fromStatesMap(value: unknown, locate: Locate): FoundMachine {
  const states = entriesOf(ownValue(value, 'states'))
  const names = toNames(states.map(([name]) => name))
  const findings: Finding[] = []
  const edges = readEdges(ownValue(value, 'transitions'), names, findings)
  const initial = [...names.values()][0]
  const written = states.map(([name, state]) => {
    const id = names.get(name) ?? name
    return [
      id,
      toState(
        state,
        edges.filter(({ from }) => from === id),
      ),
    ] as const
  })
  const config = { id: 'machine', initial, states: Object.fromEntries(written) }
  const diagnostics: readonly Diagnostic[] = findings.map((each) => toDiagnostic(each, locate))
  const renamed = [...names].filter(([name, id]) => name !== id)
  return {
    config: initial === undefined || diagnostics.length > 0 ? undefined : config,
    diagnostics: initial === undefined ? [...diagnostics, noStates(locate)] : diagnostics,
    // A part of the config stands elsewhere in the map, so only the map as a whole can be named.
    locate: () => locate([], 'key'),
    notes: renamed.map(([name, id]) => `the state ${quote(name)} is now ${quote(id)}`),
  }
}

function noStates(locate: Locate): Diagnostic {
  const message = 'there are no states'
  return toDiagnostic({ rule: 'state-type', path: ['states'], message }, locate)
}

/** Paths and targets use `.`, `#` and `\` themselves, so a state's name holds none of them. */
function toNames(names: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>()
  return new Map(
    names.map((name) => {
      const word = name.trim().replace(/[.#\\]+/g, '-') || 'state'
      return [name, takeName(word, taken, '-')]
    }),
  )
}

interface EdgeRow {
  readonly from: string
  readonly to: string
  readonly meta: Readonly<Record<string, unknown>>
}

function readEdges(
  written: unknown,
  names: ReadonlyMap<string, string>,
  findings: Finding[],
): readonly EdgeRow[] {
  return listOf(written).flatMap((row, index) => {
    const path: Path = ['transitions', index]
    const to = stateNamed(ownValue(row, 'to'), [...path, 'to'], names, findings)
    const froms = listOf(ownValue(row, 'from')).flatMap((from) =>
      from === ANY
        ? [...names.values()]
        : (stateNamed(from, [...path, 'from'], names, findings) ?? []),
    )
    if (to === undefined) return []
    const task = ownValue(row, 'transition_task')
    const cost = ownValue(row, 'cost')
    const meta = { ...(task !== undefined && { task }), ...(cost !== undefined && { cost }) }
    return froms.flatMap((from) => (from === to ? [] : [{ from, to, meta }]))
  })
}

function stateNamed(
  name: unknown,
  path: Path,
  names: ReadonlyMap<string, string>,
  findings: Finding[],
): string | undefined {
  const id = names.get(String(name))
  if (id !== undefined) return id
  const message =
    name === undefined ? 'a state is missing here' : `there is no state ${quote(name)}`
  findings.push(unknownName('unknown-state', path, String(name), names.keys(), message))
  return undefined
}

function toState(state: unknown, edges: readonly EdgeRow[]): Record<string, unknown> {
  const check = ownValue(state, 'check_task')
  const priority = ownValue(state, 'priority')
  const meta = {
    ...(check !== undefined && { check }),
    ...(priority !== undefined && { priority }),
    ...(ownValue(state, 'can_async') === false && { serial: true }),
  }
  return {
    ...(Object.keys(meta).length > 0 && { meta }),
    ...(edges.length > 0 && { on: Object.fromEntries(toEvents(edges)) }),
  }
}

/** One event for each edge; two edges to one state are told apart by a number. */
function toEvents(edges: readonly EdgeRow[]): readonly (readonly [string, unknown])[] {
  const taken = new Set<string>()
  return edges.map(({ to, meta }) => {
    const event = takeName(`TO_${to.toUpperCase().replace(/\W+/g, '_')}`, taken, '_')
    return [event, { target: to, ...(Object.keys(meta).length > 0 && { meta }) }] as const
  })
}
