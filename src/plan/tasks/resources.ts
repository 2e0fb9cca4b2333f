import { entriesOf, isRecord, listOf, ownValue } from '../data.ts'
import { quote } from '../diagnostic.ts'
import type { Finding, Path } from '../finding.ts'
import { unknownName } from '../finding.ts'
import type { StartLimit } from '../model.ts'
import type { ResourceDeclaration } from '../schema/plan.ts'
import { toStartLimit } from './start-limit.ts'

/** Units by resource name. */
export type Units = Readonly<Record<string, number>>

/** Units of one resource that a task asks for, and the capacity that the form `gpu:1` declares. */
interface Request {
  readonly name: string
  readonly units: number
  readonly capacity: number | undefined
  readonly at: Path
}

interface Capacity {
  readonly units: number
  /** Undefined: declared outside the plan. */
  readonly at: Path | undefined
}

export interface ResourceCheck {
  readonly findings: readonly Finding[]
  /** What the plan itself declares, in `resources` and by tags. */
  readonly capacities: Readonly<Record<string, number>>
}

/**
 * Capacities and requests of a plan. `shared` are capacities declared outside of it; `describe`
 * says where a path was written, for conflicts that name both places.
 */
export function checkResources(
  plan: unknown,
  shared: Readonly<Record<string, ResourceDeclaration>>,
  describe: (path: Path) => string,
): ResourceCheck {
  const requests = entriesOf(ownValue(plan, 'tasks')).flatMap(([task, value]) =>
    requestsOf(ownValue(value, 'resources'), ['tasks', task, 'resources']),
  )
  const declared = new Map<string, Capacity>(
    Object.entries(shared).map(([name, written]) => [
      name,
      { units: capacityOf(written), at: undefined },
    ]),
  )
  const placeOf = ({ at }: Capacity) => (at ? describe(at) : 'outside the plan')
  const findings = [...declarations(plan), ...tagged(requests)].flatMap(([name, capacity]) =>
    declare(declared, name, capacity, placeOf),
  )
  findings.push(...requests.flatMap((request) => checkRequest(request, declared, placeOf)))
  const own = [...declared].filter(([, { at }]) => at !== undefined)
  const capacities = Object.fromEntries(own.map(([name, { units }]) => [name, units]))
  return { findings, capacities }
}

type Declared = readonly [name: string, capacity: Capacity]

function declarations(plan: unknown): readonly Declared[] {
  return entriesOf(ownValue(plan, 'resources')).flatMap(([name, written]) => {
    const units = isRecord(written) ? ownValue(written, 'capacity') : written
    const at = ['resources', name, ...(isRecord(written) ? ['capacity'] : [])]
    return typeof units === 'number' ? [[name, { units, at }] as const] : []
  })
}

/** How many units there are, in either way to write it. */
function capacityOf(resource: ResourceDeclaration): number {
  return typeof resource === 'number' ? resource : resource.capacity
}

/** How many units there are of each. */
export function capacitiesOf(
  resources: Readonly<Record<string, ResourceDeclaration>>,
): Readonly<Record<string, number>> {
  const units = Object.entries(resources).map(([name, each]) => [name, capacityOf(each)] as const)
  return Object.fromEntries(units)
}

/** The limits on starts that resources bring with them. */
export function limitsOf(
  resources: Readonly<Record<string, ResourceDeclaration>>,
): Readonly<Record<string, StartLimit>> {
  const limited = Object.entries(resources).flatMap(([name, written]) =>
    typeof written === 'number' || written.limit === undefined
      ? []
      : [[name, toStartLimit(written.limit)] as const],
  )
  return Object.fromEntries(limited)
}

function tagged(requests: readonly Request[]): readonly Declared[] {
  return requests.flatMap(({ name, capacity, at }) =>
    capacity === undefined ? [] : [[name, { units: capacity, at }] as const],
  )
}

function declare(
  declared: Map<string, Capacity>,
  name: string,
  capacity: Capacity,
  placeOf: (capacity: Capacity) => string,
): Finding[] {
  const path = capacity.at ?? []
  const first = declared.get(name)
  if (first === undefined) declared.set(name, capacity)
  if (capacity.units < 1) {
    // The schema has already refused it where it stands under `resources`.
    if (path[0] === 'resources') return []
    return [{ rule: 'resource-capacity', path, message: `${quote(name)} needs at least 1 unit` }]
  }
  if (first === undefined || first.units === capacity.units) return []
  const message = `${quote(name)} has ${capacity.units} here and ${first.units} at ${placeOf(first)}`
  return [{ rule: 'resource-conflict', path, message }]
}

function checkRequest(
  { name, units, at }: Request,
  declared: ReadonlyMap<string, Capacity>,
  placeOf: (capacity: Capacity) => string,
): Finding[] {
  const capacity = declared.get(name)
  if (capacity === undefined) {
    const message = `nothing declares the resource ${quote(name)}`
    return [unknownName('unknown-resource', at, name, declared.keys(), message)]
  }
  if (units <= capacity.units || capacity.units < 1) return []
  const message = `asks for ${units} of ${quote(name)}, of which there are ${capacity.units}: ${placeOf(capacity)}`
  return [{ rule: 'resource-request', path: at, message }]
}

function requestsOf(resources: unknown, at: Path): readonly Request[] {
  if (isRecord(resources)) return unitRequests(resources, at)
  return listOf(resources).flatMap((each, index) => {
    const own = [...at, index]
    if (typeof each !== 'string') return unitRequests(each, own)
    const [, name, capacity] = /^([A-Za-z][\w-]*)(?::(\d{1,9}))?$/.exec(each) ?? []
    if (name === undefined) return []
    return [{ name, units: 1, capacity: capacity ? Number(capacity) : undefined, at: own }]
  })
}

function unitRequests(units: unknown, at: Path): readonly Request[] {
  return entriesOf(units).flatMap(([name, count]) =>
    typeof count === 'number'
      ? [{ name, units: count, capacity: undefined, at: [...at, name] }]
      : [],
  )
}

/** Units by name. A resource that is named more than once counts once, with the most it asked for. */
export function unitsOf(resources: unknown): Units {
  return mostUnits(requestsOf(resources, []).map(({ name, units }) => ({ [name]: units })))
}

/** What covers each of the requests, one at a time. */
export function mostUnits(requests: readonly Units[]): Units {
  const most = new Map<string, number>()
  for (const [name, units] of requests.flatMap((request) => Object.entries(request))) {
    most.set(name, Math.max(most.get(name) ?? 0, units))
  }
  return Object.fromEntries(most)
}
