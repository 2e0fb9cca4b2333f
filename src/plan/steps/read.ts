import { isRecord, ownValue } from '../data.ts'
import { quote } from '../diagnostic.ts'
import { compileExpression, compileTemplate } from '../expressions/compile.ts'
import type { Expression, Template } from '../expressions/expression.ts'
import type { Path } from '../finding.ts'
import type { Kind } from './kinds.ts'
import { checkFields, describeStep, kindOf } from './kinds.ts'
import { readAction } from './read-action.ts'
import type { Sight, Surroundings } from './scope.ts'
import { namesFor } from './scope.ts'
import type { Step, Work } from './tree.ts'

/** Where the key of a step comes from when it has no id. */
interface Seat {
  readonly at: Path
  readonly key: string
}

/**
 * A list of steps with everything in it resolved. It may hold anything: what is wrong becomes a
 * finding, and then what is read means nothing. What the shape forbids is told by the schema.
 */
export function readSteps(
  written: unknown,
  seat: Seat,
  surroundings: Surroundings,
  sight: Sight,
): readonly Step[] {
  return readEach(written, seat, surroundings, () => sight)
}

function readEach(
  written: unknown,
  { at, key }: Seat,
  surroundings: Surroundings,
  sightOf: () => Sight,
): readonly Step[] {
  if (!Array.isArray(written)) return []
  const taken = new Set(written.flatMap((each) => idOf(each) ?? []))
  return written.flatMap((each: unknown, index) => {
    if (!isRecord(each)) return []
    const seat = { at: [...at, index], key: `${key}[${index}]` }
    const state = stateName(each, index, taken)
    return [readStep(each, seat, state, surroundings, sightOf())]
  })
}

type Written = Readonly<Record<string, unknown>>

function idOf(step: unknown): string | undefined {
  const id = ownValue(step, 'id')
  return typeof id === 'string' ? id : undefined
}

function stateName(step: Written, index: number, taken: Set<string>): string {
  const id = idOf(step)
  if (id !== undefined) return id
  let name = `${ownValue(step, 'each') !== undefined ? 'each' : (kindOf(step) ?? 'step')}${index + 1}`
  while (taken.has(name)) name += '_'
  taken.add(name)
  return name
}

function readStep(
  written: Written,
  seat: Seat,
  state: string,
  surroundings: Surroundings,
  sight: Sight,
): Step {
  const id = idOf(written)
  const { at } = seat
  if (id !== undefined) checkId(id, [...at, 'id'], surroundings)
  const own = { at, key: id ?? seat.key }
  checkFields(written, at, surroundings.findings)
  const condition = readCondition(ownValue(written, 'if'), at, surroundings, sight)
  const work = readWork(written, own, surroundings, sight)
  if (id !== undefined) sight.before.add(id)
  const onError = readHandling(ownValue(written, 'onError'), own, surroundings, sight)
  const description = describeStep(written)
  return { key: own.key, id, state, description, written, condition, work, onError }
}

function checkId(id: string, path: Path, { ids, findings }: Surroundings): void {
  if (ids.has(id)) {
    const message = `two steps have the id ${quote(id)}: an id names one step of its task`
    findings.push({ rule: 'duplicate-step', path, message })
  }
  ids.add(id)
}

function readCondition(
  written: unknown,
  at: Path,
  surroundings: Surroundings,
  sight: Sight,
): Expression | undefined {
  if (typeof written !== 'string') return undefined
  const names = namesFor(surroundings, sight, true)
  const { expression, findings } = compileExpression(written, [...at, 'if'], names)
  surroundings.findings.push(...findings)
  return expression
}

const NOTHING: Work = { kind: 'sequence', steps: [] }

function readWork(written: Written, own: Seat, surroundings: Surroundings, sight: Sight): Work {
  const kind = kindOf(written)
  if (kind === undefined) return NOTHING
  if (ownValue(written, 'each') !== undefined) {
    return readPool(written, kind, own, surroundings, sight)
  }
  return readOne(written, kind, own, surroundings, sight)
}

function readOne(
  written: Written,
  kind: Kind,
  { at, key }: Seat,
  surroundings: Surroundings,
  sight: Sight,
): Work {
  const inside = { at: [...at, kind], key: `${key}.${kind}` }
  if (kind === 'steps') {
    const steps = readSteps(written[kind], inside, surroundings, sight)
    return { kind: 'sequence', steps }
  }
  if (kind !== 'parallel') return readAction(written, kind, at, surroundings, sight)
  const sights: Sight[] = []
  const branches = readEach(written[kind], inside, surroundings, () => {
    const own = { ...sight, before: new Set(sight.before) }
    sights.push(own)
    return own
  })
  for (const each of sights) for (const id of each.before) sight.before.add(id)
  return { kind: 'parallel', branches, failFast: written['failFast'] !== false }
}

function readPool(
  written: Written,
  kind: Kind,
  { at }: Seat,
  surroundings: Surroundings,
  sight: Sight,
): Work {
  const { findings } = surroundings
  const each = ownValue(written, 'each')
  const names = namesFor(surroundings, sight)
  const compiled = compileTemplate(each, [...at, 'each'], names)
  findings.push(...compiled.findings)
  if (typeof each === 'string' && compiled.template?.isConstant) {
    const message = `${quote('each')} is a list, or one expression that gives one`
    findings.push({ rule: 'expression', path: [...at, 'each'], message })
  }
  const inner: Sight = { before: new Set(sight.before), inItem: true }
  const body =
    kind === 'steps'
      ? readSteps(written[kind], { at: [...at, kind], key: kind }, surroundings, inner)
      : [bodyStep(written, readOne(written, kind, { at, key: '' }, surroundings, inner))]
  const bound = typeof written['parallel'] === 'number' ? written['parallel'] : 1
  const failFast = written['failFast'] !== false
  return { kind: 'each', items: compiled.template ?? EMPTY, bound, failFast, body }
}

const EMPTY: Template = { isConstant: true, variables: new Set(), evaluate: () => [] }

/** The step that an `each` repeats, without what holds for all of its items together. */
function bodyStep(written: Written, work: Work): Step {
  const { each: _each, parallel: _bound, ...once } = written
  const { failFast: _failFast, if: _if, onError: _onError, id: _id, ...own } = once
  return {
    key: '',
    id: undefined,
    state: kindOf(own) ?? 'step',
    description: describeStep(own),
    written: own,
    condition: undefined,
    work,
    onError: 'fail',
  }
}

function readHandling(
  written: unknown,
  { at, key }: Seat,
  surroundings: Surroundings,
  sight: Sight,
): Step['onError'] {
  if (written === 'continue') return written
  const path = [...at, 'onError']
  const listed = Array.isArray(written)
  const steps = listed ? written : ownValue(written, 'steps')
  if (!Array.isArray(steps)) return 'fail'
  const seat = { at: listed ? path : [...path, 'steps'], key: `${key}.onError` }
  return readSteps(steps, seat, surroundings, sight)
}
