import { nearestName } from '../nearest.ts'
import type { Place } from './error.ts'
import type { Names } from './expression.ts'
import { FUNCTIONS, findFunction, functionsNamed } from './functions.ts'
import type { Node } from './syntax.ts'
import { partsOf } from './syntax.ts'

/** A name in an expression that cannot stand for anything. */
export interface NameProblem {
  readonly rule: 'unknown-name' | 'expression'
  readonly message: string
  readonly place: Place
  readonly suggestion: string | undefined
}

export interface Naming {
  readonly variables: ReadonlySet<string>
  readonly asksForOutcome: boolean
  readonly problems: readonly NameProblem[]
}

interface Visit {
  readonly names: Names
  readonly locals: ReadonlySet<string>
  readonly variables: Set<string>
  readonly problems: NameProblem[]
  asksForOutcome: boolean
}

/** What an expression names, and what of it is known to stand for nothing. */
export function resolveNames(node: Node, names: Names): Naming {
  const visit: Visit = {
    names,
    locals: new Set(),
    variables: new Set(),
    problems: [],
    asksForOutcome: false,
  }
  look(node, visit)
  const { variables, asksForOutcome, problems } = visit
  return { variables, asksForOutcome, problems }
}

function look(node: Node, visit: Visit): void {
  if (node.kind === 'name') lookAtName(node, visit)
  if (node.kind === 'field' && !node.optional) lookAtField(node.of, node.key, visit)
  if (node.kind === 'call' || node.kind === 'method') lookAtCall(node, visit)
  if (node.kind !== 'loop') {
    for (const part of partsOf(node)) look(part, visit)
    return
  }
  look(node.of, visit)
  lookAtLoop(node, visit)
}

function lookAtLoop(node: Node & { kind: 'loop' }, visit: Visit): void {
  if (visit.locals.size > 0) {
    const message = `${node.loop}() stands inside another loop: do the inner one in a step before`
    visit.problems.push({ rule: 'expression', message, place: node, suggestion: undefined })
  }
  const locals = new Set([...visit.locals, node.variable])
  const inside: Visit = { ...visit, locals }
  if (node.where !== undefined) look(node.where, inside)
  look(node.body, inside)
  if (inside.asksForOutcome) visit.asksForOutcome = true
}

function lookAtName(node: Node & { kind: 'name' }, { names, locals, ...visit }: Visit): void {
  if (locals.has(node.name)) return
  visit.variables.add(node.name)
  if (names.variables.has(node.name)) return
  const known = [...names.variables].sort()
  const offered = known.length === 0 ? 'there are none here' : `there are ${known.join(', ')}`
  visit.problems.push({
    rule: 'unknown-name',
    message: `nothing is called "${node.name}" here: ${offered}`,
    place: node,
    suggestion: nearestName(node.name, [...locals, ...known]),
  })
}

const OF_A_STEP = new Set(['output', 'status', 'error'])

/** `steps.<id>`, `steps.<id>.<field>` and `input.<name>`, as far as it is known what there is. */
function lookAtField(of: Node, key: Node, { names, locals, problems }: Visit): void {
  if (key.kind !== 'value' || typeof key.value !== 'string') return
  const name = key.value
  function expect(known: ReadonlySet<string> | undefined, what: string): void {
    if (known === undefined || known.has(name)) return
    const suggestion = nearestName(name, known)
    problems.push({ rule: 'unknown-name', message: `${what} "${name}"`, place: key, suggestion })
  }
  if (isVariable(of, 'steps', locals)) expect(names.steps, 'no step before this has the id')
  if (isVariable(of, 'input', locals)) expect(names.input, "the task's input has no")
  if (of.kind === 'field' && !of.optional && isVariable(of.of, 'steps', locals)) {
    expect(OF_A_STEP, 'a step has output, status and error, but no')
  }
}

function isVariable(node: Node, name: string, locals: ReadonlySet<string>): boolean {
  return node.kind === 'name' && node.name === name && !locals.has(name)
}

function lookAtCall(node: Node & { kind: 'call' | 'method' }, visit: Visit): void {
  const method = node.kind === 'method'
  const entry = findFunction(node.name, node.args.length, method)
  if (entry?.outcome) {
    visit.asksForOutcome = true
    if (visit.names.outcome !== true) {
      const message = `${node.name}() means something only in the "if" of a step`
      visit.problems.push({ rule: 'expression', message, place: node, suggestion: undefined })
    }
  }
  if (entry === undefined) visit.problems.push(unknownFunction(node, method))
}

function unknownFunction(node: Node & { kind: 'call' | 'method' }, method: boolean): NameProblem {
  const { name } = node
  const others = functionsNamed(name)
  if (others.length === 0) {
    const known = FUNCTIONS.filter((each) => (each.method === true) === method)
    const suggestion = nearestName(
      name,
      known.map((each) => each.name),
    )
    return {
      rule: 'unknown-name',
      message: `there is no function "${name}"`,
      place: node,
      suggestion,
    }
  }
  const forms = others.map(({ signature }) => signature.replace(/: .*$/, '')).join(', ')
  const message = `"${name}" is not called so, but ${forms}`
  return { rule: 'expression', message, place: node, suggestion: undefined }
}
