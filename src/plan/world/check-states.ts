import { isRecord, listOf, ownValue } from '../data.ts'
import type { Code } from '../declaration.ts'
import { quote } from '../diagnostic.ts'
import type { Finding } from '../finding.ts'
import { unknownName } from '../finding.ts'
import { checkEffects, checkFunction } from './check-names.ts'
import type { Outline, State } from './outline.ts'
import { textAt } from './outline.ts'
import { checkTargets, toTargets } from './targets.ts'

/** A state of this name is where the world is when no check answered; it needs none itself. */
const UNDETECTED = 'unknown'

export function checkStates(outline: Outline, code: Code | undefined): readonly Finding[] {
  const { root, states } = outline
  return [
    ...checkRoot(root),
    ...checkInitial(root),
    ...checkIds(outline),
    ...checkEffects(root, code),
    ...states.flatMap((state) => [
      ...checkName(state),
      ...checkType(state),
      ...checkInitial(state),
      ...checkDetection(state, code),
      ...checkHistory(outline, state),
      ...checkEffects(state, code),
    ]),
  ]
}

function checkRoot(root: State): readonly Finding[] {
  if (!isRecord(root.config) || root.children.size > 0) return []
  if (!isRecord(ownValue(root.config, 'states'))) return []
  return [{ rule: 'state-type', path: root.at, message: 'the machine has no states' }]
}

function checkName({ key, at }: State): readonly Finding[] {
  if (/^[^\s.#\\][^.#\\]*$/.test(key)) return []
  const message = `${quote(key)} cannot name a state: paths and targets use . # and \\ themselves`
  return [{ rule: 'state-name', path: at, at: 'key', message }]
}

function checkType({ config, at, children }: State): readonly Finding[] {
  const type = ownValue(config, 'type')
  const nested = children.size > 0
  if ((type === 'parallel' || type === 'compound') && !nested) {
    return [mistyped(`a ${type} state has states inside`)]
  }
  if ((type === 'final' || type === 'history' || type === 'atomic') && nested) {
    return [mistyped(`a state of type ${type} has no states inside`)]
  }
  if (type === 'final' && listOf(ownValue(config, 'on')).length > 0) {
    return [mistyped('a final state has no transitions')]
  }
  return []

  function mistyped(message: string): Finding {
    return { rule: 'state-type', path: [...at, 'type'], message }
  }
}

function checkInitial({ config, at, children, type, path }: State): readonly Finding[] {
  const initial = textAt(config, 'initial')
  if (initial !== undefined && !children.has(initial)) {
    const message = `${quote(initial)} is no state inside ${path === '' ? 'the machine' : quote(path)}`
    return [unknownName('initial-unknown', [...at, 'initial'], initial, children.keys(), message)]
  }
  if (type !== 'compound' || ownValue(config, 'initial') !== undefined) return []
  const names = [...children.keys()].map(quote).join(', ')
  const message = 'a state with states inside needs an initial one'
  return [{ rule: 'initial-missing', path: at, at: 'key', message, expected: `one of ${names}` }]
}

function checkIds({ root, states, ids }: Outline): readonly Finding[] {
  return [root, ...states].flatMap((state) => {
    const id = textAt(state.config, 'id')
    const first = id === undefined ? undefined : ids.get(id)
    if (first === undefined || first === state) return []
    const message = `the id ${quote(id)} is taken by ${quote(first.path || 'the machine')}`
    return [{ rule: 'duplicate-id', path: [...state.at, 'id'], message }]
  })
}

function checkDetection(state: State, code: Code | undefined): readonly Finding[] {
  const { config, at, type, key, path } = state
  const check = ownValue(ownValue(config, 'meta'), 'check')
  if (typeof check === 'string') {
    return checkFunction('check', check, [...at, 'meta', 'check'], code?.checks)
  }
  if (check !== undefined || type !== 'atomic' || key === UNDETECTED) return []
  const message = `the state ${quote(path)} has no check, so nobody can tell that the world is in it`
  return [{ rule: 'state-without-check', path: at, at: 'key', message }]
}

function checkHistory(outline: Outline, state: State): readonly Finding[] {
  const path = [...state.at, 'target']
  const targets = toTargets(outline, state, ownValue(state.config, 'target'), path)
  return checkTargets(outline, state, targets)
}
