import type { RE2JS } from 're2js'
import { isRecord } from '../data.ts'
import { Budget, EVALUATION_LIMITS, Exhausted, Failure } from './budget.ts'
import type { Place } from './error.ts'
import { ExpressionError } from './error.ts'
import type { Scope } from './expression.ts'
import { findFunction } from './functions.ts'
import { applyBinary } from './operators.ts'
import { toPlain } from './plain.ts'
import type { Node } from './syntax.ts'
import { describeType, Optional, toWhole } from './values.ts'

/** A name that a loop gives to its item. */
interface Local {
  readonly name: string
  readonly value: unknown
}

interface Evaluation {
  readonly scope: Scope
  readonly failed: boolean
  readonly budget: Budget
  readonly patterns: Map<string, RE2JS>
  /** Loops are not nested, so there is one at most. */
  readonly local: Local | undefined
}

type NodeOf<Kind extends Node['kind']> = Node & { readonly kind: Kind }

/**
 * The value of an expression as plain JSON data.
 * @throws {ExpressionError} and nothing else
 */
export function evaluate(text: string, node: Node, scope: Scope, failed: boolean): unknown {
  const state: Evaluation = {
    scope,
    failed,
    budget: new Budget(),
    patterns: new Map(),
    local: undefined,
  }
  try {
    return toPlain(resolve(node, state), node)
  } catch (error) {
    if (error instanceof Failure) throw new ExpressionError(error.message, text, error.place)
    const why = error instanceof Error ? error.message : String(error)
    throw new ExpressionError(`the expression cannot be evaluated: ${why}`, text, node, {
      cause: error,
    })
  }
}

function resolve(node: Node, state: Evaluation): unknown {
  state.budget.spend(1, node)
  switch (node.kind) {
    case 'value':
      return node.value
    case 'name':
      return lookUp(node, state)
    case 'field':
      return fieldOf(node, state)
    case 'has':
      return hasField(node, state)
    case 'call':
      return call(node, node.args, false, state)
    case 'method':
      return call(node, [node.of, ...node.args], true, state)
    case 'loop':
      return loop(node, state)
    case 'list':
      return node.items.map((item) => resolve(item, state))
    case 'map':
      return toMap(node, state)
    case 'choice':
      return truth(node.condition, state) ? resolve(node.yes, state) : resolve(node.no, state)
    case 'and':
    case 'or':
      return decide(node, state)
    case 'binary': {
      const left = resolve(node.left, state)
      return applyBinary(node.operator, left, resolve(node.right, state), state.budget, node)
    }
    case 'unary':
      return node.operator === '!' ? !truth(node.of, state) : negate(node, state)
  }
}

function lookUp(node: NodeOf<'name'>, { scope, local }: Evaluation): unknown {
  if (local?.name === node.name) return local.value
  const value = Object.hasOwn(scope, node.name) ? scope[node.name] : undefined
  if (value === undefined) throw new Failure(`"${node.name}" stands for nothing here`, node)
  return value
}

function truth(node: Node, state: Evaluation): boolean {
  const value = resolve(node, state)
  if (typeof value === 'boolean') return value
  throw new Failure(`true or false is needed here, not ${describeType(value)}`, node)
}

function negate({ of }: NodeOf<'unary'>, state: Evaluation): unknown {
  const value = resolve(of, state)
  if (typeof value === 'bigint' || typeof value === 'number') return -value
  throw new Failure(`"-" needs a number, not ${describeType(value)}`, of)
}

/** One side that decides alone is enough: what the other would have failed with does not matter. */
function decide(node: NodeOf<'and' | 'or'>, state: Evaluation): boolean {
  const decisive = node.kind === 'or'
  let failure: Failure | undefined
  try {
    if (truth(node.left, state) === decisive) return decisive
  } catch (error) {
    if (!(error instanceof Failure) || error instanceof Exhausted) throw error
    failure = error
  }
  if (truth(node.right, state) === decisive) return decisive
  if (failure !== undefined) throw failure
  return !decisive
}

function fieldOf(node: NodeOf<'field'>, state: Evaluation): unknown {
  const held = resolve(node.of, state)
  const key = resolve(node.key, state)
  const container = held instanceof Optional ? held.value : held
  const isOptional = node.optional || held instanceof Optional
  const value = container === undefined ? undefined : select(container, key, node, isOptional)
  if (isOptional) return new Optional(value)
  if (value !== undefined) return value
  throw missing(container, key, node.key)
}

function missing(container: unknown, key: unknown, at: Place): Failure {
  if (Array.isArray(container)) {
    return new Failure(`no item ${String(key)} in a list of ${container.length}`, at)
  }
  return new Failure(`nothing is called ${JSON.stringify(String(key)).slice(0, 80)} here`, at)
}

/** An own entry of a list or a map, never an inherited one; undefined when there is none. */
function select(container: unknown, key: unknown, { of }: NodeOf<'field'>, lenient: boolean) {
  if (Array.isArray(container)) {
    const index = toWhole(key)
    return index === undefined || !Object.hasOwn(container, index) ? undefined : container[index]
  }
  if (isRecord(container)) {
    const name = typeof key === 'bigint' || typeof key === 'number' ? String(key) : key
    return typeof name === 'string' && Object.hasOwn(container, name) ? container[name] : undefined
  }
  if (lenient && container === null) return undefined
  throw new Failure(`${describeType(container)} has no fields`, of)
}

function hasField({ of, key }: NodeOf<'has'>, state: Evaluation): boolean {
  const held = resolve(of, state)
  const container = held instanceof Optional ? held.value : held
  return isRecord(container) && Object.hasOwn(container, key) && container[key] !== undefined
}

function call(
  node: NodeOf<'call' | 'method'>,
  args: readonly Node[],
  method: boolean,
  state: Evaluation,
): unknown {
  const entry = findFunction(node.name, node.args.length, method)
  if (entry === undefined) throw new Failure(`no function "${node.name}"`, node)
  const values = args.map((arg) => resolve(arg, state))
  const { budget, failed, patterns } = state
  return entry.call(values, { place: node, budget, failed, patterns })
}

function toMap(node: NodeOf<'map'>, state: Evaluation): unknown {
  // Own entries whatever their names, so that no name reaches the prototype.
  return Object.fromEntries(
    node.entries.map(([key, value]) => [keyOf(key, state), resolve(value, state)] as const),
  )
}

function keyOf(node: Node, state: Evaluation): string {
  const key = resolve(node, state)
  if (typeof key === 'string') return key
  if (typeof key === 'object') throw new Failure(`${describeType(key)} cannot be a key`, node)
  return String(key)
}

function loop(node: NodeOf<'loop'>, state: Evaluation): unknown {
  const items = itemsOf(node, state)
  const inside = (value: unknown): Evaluation => ({
    ...state,
    local: { name: node.variable, value },
  })
  switch (node.loop) {
    case 'map':
      return items
        .map(inside)
        .filter((each) => node.where === undefined || truth(node.where, each))
        .map((each) => resolve(node.body, each))
    case 'filter':
      return items.filter((item) => truth(node.body, inside(item)))
    case 'exists_one':
      return items.filter((item) => truth(node.body, inside(item))).length === 1
    default:
      return quantify(node, items.map(inside))
  }
}

/** As with `||` and `&&`: one item that decides is enough, whatever the others fail with. */
function quantify(node: NodeOf<'loop'>, items: readonly Evaluation[]): boolean {
  const decisive = node.loop === 'exists'
  let failure: Failure | undefined
  for (const each of items) {
    try {
      if (truth(node.body, each) === decisive) return decisive
    } catch (error) {
      if (!(error instanceof Failure) || error instanceof Exhausted) throw error
      failure ??= error
    }
  }
  if (failure !== undefined) throw failure
  return !decisive
}

function itemsOf(node: NodeOf<'loop'>, state: Evaluation): readonly unknown[] {
  const value = resolve(node.of, state)
  if (!Array.isArray(value) && !isRecord(value)) {
    throw new Failure(`${node.loop}() needs a list or a map, not ${describeType(value)}`, node.of)
  }
  const items = Array.isArray(value) ? value : Object.keys(value)
  if (items.length > EVALUATION_LIMITS.items) {
    const message = `${node.loop}() goes through ${EVALUATION_LIMITS.items} items at most`
    throw new Exhausted(`${message}, and there are ${items.length}`, node.of)
  }
  state.budget.spend(items.length, node)
  return items
}
