import { describe, expect, it } from 'vitest'
import { faults } from '../sound-plan.ts'

describe('The machine of a plan', () => {
  it.each([
    // states
    [
      'initial: rising',
      'initial: raising',
      'initial-unknown',
      'machine.states.hot.initial',
      'raising',
      'rising',
    ],
    ['      initial: rising\n', '', 'initial-missing', 'machine.states.hot', 'hot'],
    ['  initial: cold', '  initial: warm', 'initial-unknown', 'machine.initial', 'warm'],
    [
      'steady: { meta: { check: isHot } }',
      'steady: {}',
      'state-without-check',
      'machine.states.hot.states.steady',
      'steady',
    ],
    [
      'steady: {',
      'x: { type: parallel }\n        steady: {',
      'state-type',
      'machine.states.hot.states.x.type',
      'parallel',
    ],
    [
      'initial: rising',
      'initial: rising\n      type: atomic',
      'state-type',
      'machine.states.hot.type',
      'atomic',
    ],
    [
      'steady: {',
      'a.b: { type: final }\n        steady: {',
      'state-name',
      'machine.states.hot.states["a.b"]',
      'a.b',
    ],
    [
      'steady: {',
      'steady: { id: kiln,',
      'duplicate-id',
      'machine.states.hot.states.steady.id',
      'kiln',
    ],
    ['  id: kiln', '  entry: fire', 'world-effect', 'machine.entry', 'fire'],
    [
      'target: steady,',
      'target: steady, actions: [count, heat],',
      'world-effect',
      'machine.states.hot.states.rising.always.actions[1]',
      'heat',
    ],
    ['  id: kiln', '  invoke: {}', 'wrong-type', 'machine.invoke', 'invoke'],
    // transitions
    [
      'target: steady',
      'target: hot',
      'unknown-target',
      'machine.states.hot.states.rising.always.target',
      'hot',
      '#kiln.hot',
    ],
    [
      'target: cold',
      'target: .rise',
      'unknown-target',
      'machine.states.hot.on.COOL.target',
      '.rise',
    ],
    [
      'target: cold',
      "target: '#kil'",
      'unknown-target',
      'machine.states.hot.on.COOL.target',
      "'#kil'",
    ],
    [
      'task: heat }',
      'task: heet }',
      'unknown-task',
      'machine.states.cold.on.HEAT.meta.task',
      'heet',
      'heat',
    ],
    [
      'guard: isHot',
      'guard: isHt',
      'unknown-guard',
      'machine.states.hot.states.rising.always.guard',
      'isHt',
      'isHot',
    ],
    [
      'guard: isHot',
      'meta: { task: heat }',
      'edge-without-event',
      'machine.states.hot.states.rising.always.meta.task',
      'heat',
    ],
    ['COOL:', "'CO.*':", 'edge-without-event', 'machine.states.hot.on["CO.*"].meta.task', 'cool'],
    ['target: cold, ', '', 'edge-without-target', 'machine.states.hot.on.COOL', 'COOL'],
    ['COOL:', 'xstate.done:', 'event-name', 'machine.states.hot.on["xstate.done"]', 'xstate.done'],
    ['  id: kiln', '  after: { 1x: .cold }', 'unknown-delay', 'machine.after.1x', '1x'],
    [
      '  id: kiln',
      '  after: { 1s: .cold, 1000: .hot }',
      'duplicate-delay',
      'machine.after.1s',
      '1s',
    ],
  ])('with %j → %j is refused by %s', async (from, to, rule, path, at, suggestion?: string) => {
    const said = [rule, path, at]
    const expected = suggestion === undefined ? said : [...said, `→ ${suggestion}`]
    expect(await faults(from, to)).toEqual([expected])
  })

  it.each([
    [
      'an external fact: an event that no task brings about',
      '  id: kiln',
      "  id: kiln\n  on: { 'FUSE.*': .cold }",
    ],
    [
      'a state named unknown, from which edges lead without a check',
      '    cold:',
      '    unknown: { on: { LOOK: { target: cold, meta: { task: cool } } } }\n    cold:',
    ],
    [
      'final and history states, which need no check',
      '        steady: {',
      '        last: { type: history }\n        done: { type: final }\n        steady: {',
    ],
    ['an assignment, which is no effect', 'target: steady,', 'target: steady, actions: count,'],
    [
      'a tag that declares a capacity',
      'run: fire',
      'run: fire\n    resources: [gpu:2, gpu, gpu:2]',
    ],
    ['a tag that repeats a capacity', 'run: fire', 'run: fire\n    resources: [door:1]'],
    ['delays as durations', '  id: kiln', '  id: kiln\n  after: { 1.5h: .cold, 20: .hot }'],
    ['a required state to which history leads', 'requires: hot', 'requires: hot.steady'],
  ])('may have %s', async (_what, from, to) => {
    expect(await faults(from, to)).toEqual([])
  })
})
