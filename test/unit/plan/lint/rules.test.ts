import { describe, expect, test } from 'vitest'
import { planOf, SOUND, warningsOf } from './linted.ts'

const go = (target: string, meta = '') => `{ target: ${target}, meta: { task: go${meta} } }`

/** By rule: a plan that shows it with the place, and plans that look alike and must not. */
const CASES: Readonly<
  Record<string, { readonly shows: readonly [string, string]; readonly not: readonly string[] }>
> = {
  'unreachable-state': {
    shows: [planOf(`${SOUND}\nlost: { meta: { check: isC }, type: final }`), '8: lost'],
    not: [
      // The world may break down by itself, and a check sees it.
      planOf(`${SOUND}\nbroken: { meta: { check: isC }, on: { MEND: ${go('a')} } }`),
      planOf(`${SOUND}\nunknown: { on: { FIND: ${go('a')} } }`),
      planOf(`a: { meta: { check: isA }, on: { GO: ${go('up.b')} } }
up:
  initial: c
  states:
    b: { meta: { check: isB }, on: { NEXT: ${go('c')} } }
    c: { meta: { check: isC } }
  on: { BACK: ${go('a')} }`),
    ],
  },
  'dead-end': {
    shows: [
      planOf(`a: { meta: { check: isA }, on: { GO: ${go('b')} } }\nb: { meta: { check: isB } }`),
      '7: b',
    ],
    not: [
      planOf(`a: { meta: { check: isA }, on: { GO: ${go('b')} } }
b: { type: final, meta: { check: isB } }`),
      planOf('a: { meta: { check: isA } }'),
      // A region with one place only.
      planOf(`a: { meta: { check: isA }, on: { GO: ${go('b')} } }
b:
  type: parallel
  states:
    lamp: { initial: on, states: { on: { meta: { check: isB }, on: { DIM: ${go('dim')} } }, dim: { meta: { check: isC }, on: { LIGHT: ${go('on')} } } } }
    sign: { meta: { check: opens } }`),
      // Nobody goes this edge, but the world leaves by it.
      planOf(`a: { meta: { check: isA }, on: { GO: ${go('b')} } }
b: { meta: { check: isB }, on: { COOLED: a } }`),
    ],
  },
  'indistinguishable-states': {
    shows: [planOf(SOUND.replace('isB', 'isA')), '7: isA'],
    not: [
      // The check of a state around another says the same of both.
      planOf(`${SOUND.split('\n')[0]}
b:
  meta: { check: isB }
  initial: c
  states: { c: { meta: { check: isB } } }
  on: { BACK: ${go('a')} }`),
      planOf(`${SOUND.split('\n')[0]}
b:
  type: parallel
  states:
    one: { initial: x, states: { x: { meta: { check: isB } } } }
    two: { initial: y, states: { y: { meta: { check: isB } } } }
  on: { BACK: ${go('a')} }`),
    ],
  },
  'taskless-edge': {
    shows: [
      planOf(`a: { meta: { check: isA }, on: { GO: ${go('b')} } }
b: { meta: { check: isB }, on: { GO: { target: a }, BACK: ${go('a')} } }`),
      '7: GO',
    ],
    not: [
      // An event that comes from outside.
      planOf(`a: { meta: { check: isA }, on: { GO: ${go('b')} } }
b: { meta: { check: isB }, on: { COOLED: a, BACK: ${go('a')} } }`),
    ],
  },
  'costly-edge': {
    shows: [
      planOf(`a: { meta: { check: isA }, on: { GO: ${go('b')}, JUMP: ${go('c', ', cost: 9')} } }
b: { meta: { check: isB }, on: { GO: ${go('c')} } }
c: { meta: { check: isC }, on: { BACK: ${go('a')} } }`),
      '6: meta',
    ],
    not: [
      // As dear as the way around it may be the better one.
      planOf(`a: { meta: { check: isA }, on: { GO: ${go('b')}, JUMP: ${go('c', ', cost: 2')} } }
b: { meta: { check: isB }, on: { GO: ${go('c')} } }
c: { meta: { check: isC }, on: { BACK: ${go('a')} } }`),
      // The way around has a guard, so it is not always there.
      planOf(`a: { meta: { check: isA }, on: { GO: { target: b, guard: opens, meta: { task: go } }, JUMP: ${go('c', ', cost: 9')} } }
b: { meta: { check: isB }, on: { GO: ${go('c')} } }
c: { meta: { check: isC }, on: { BACK: ${go('a')} } }`),
    ],
  },
  'free-circle': {
    shows: [
      planOf(`a: { meta: { check: isA }, on: { GO: ${go('b', ', cost: 0')} } }
b: { meta: { check: isB }, on: { BACK: ${go('a', ', cost: 0')} } }`),
      '6: GO',
    ],
    not: [
      planOf(`a: { meta: { check: isA }, on: { GO: ${go('b', ', cost: 0')} } }
b: { meta: { check: isB }, on: { BACK: ${go('a')} } }`),
    ],
  },
  'short-delay': {
    shows: [
      planOf(`a: { meta: { check: isA }, on: { GO: ${go('b')} } }
b: { meta: { check: isB }, after: { 30: { target: a } }, on: { BACK: ${go('a')} } }`),
      '7: 30',
    ],
    not: [
      planOf(`a: { meta: { check: isA }, on: { GO: ${go('b')} } }
b: { meta: { check: isB }, after: { 30ms: a, 5s: a, 500: a }, on: { BACK: ${go('a')} } }`),
    ],
  },
  'check-with-side-effects': {
    shows: [planOf(SOUND.replace('isB', 'note')), '7: note'],
    not: [planOf(SOUND.replace('isB', 'look')), planOf(SOUND.replace('isB', 'reads'))],
  },
  'unused-resource': {
    shows: [planOf(SOUND, 'resources: { door: 1 }\n'), '9: door'],
    not: [
      planOf(SOUND, 'resources: { door: 1 }\n').replace(
        'go: work',
        'go: { run: work, resources: [door] }',
      ),
      planOf(SOUND, 'resources: { door: 4 }\n').replace(
        'go: work',
        'go: { run: work, resources: { door: 2 } }',
      ),
      planOf(SOUND, 'resources: { door: 4 }\n').replace(
        'go: work',
        'go: { run: work, resources: [{ door: 2 }] }',
      ),
    ],
  },
}

describe.each(Object.entries(CASES))('%s', (rule, { shows: [plan, place], not }) => {
  test('is told with its place', async () => {
    expect(await warningsOf(plan)).toEqual([`${rule} ${place}`])
  })

  test.each(not)('is not told of what only looks like it', async (alike) => {
    expect(await warningsOf(alike)).toEqual([])
  })
})

test('a check that a task runs too is a check with side effects', async () => {
  const plan = planOf(SOUND).replace('go: work', 'go: isB')
  expect(await warningsOf(plan)).toEqual(['check-with-side-effects 7: isB'])
})

test('so is the check of an interrupt, and one that asks a service to change', async () => {
  const rest = 'interrupts: { seen: { when: order, run: back } }\n'
  expect(await warningsOf(planOf(SOUND, rest))).toEqual(['check-with-side-effects 9: order'])
})

test('a plan in which nothing is suspicious has no warnings', async () => {
  expect(await warningsOf(planOf(SOUND))).toEqual([])
})
