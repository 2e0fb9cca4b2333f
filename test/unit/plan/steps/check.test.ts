import { describe, expect, it } from 'vitest'
import { definePlan } from '../../../../src/plan/define.ts'
import type { Diagnostic } from '../../../../src/plan/diagnostic.ts'
import { PlanError } from '../../../../src/plan/diagnostic.ts'
import { compilePlan } from '../../../../src/plan/load.ts'
import type { Plan } from '../../../../src/plan/model.ts'

const EACH = '${{ [1, 2] }}'

const ACTIONS = { first: () => 1, second: () => 2 }

/** The plan with these tasks, from the form that files have. */
function load(tasks: object, more: object = {}): Plan {
  const settings = { name: 'office', actions: ACTIONS, ...more, tasks }
  return compilePlan(definePlan(settings as never))
}

function faults(tasks: object, more?: object): readonly Diagnostic[] {
  try {
    load(tasks, more)
    return []
  } catch (error) {
    if (error instanceof PlanError) return error.diagnostics
    throw error
  }
}

const machine = {
  initial: 'shut',
  states: {
    shut: { meta: { check: 'isShut' }, on: { OPEN: { target: 'open', meta: { task: 'unlock' } } } },
    open: {
      meta: { check: 'isOpen' },
      initial: 'quiet',
      states: { quiet: { meta: { check: 'isOpen', priority: 1 } } },
      on: { SHUT: { target: 'shut', meta: { task: 'lock' } } },
    },
  },
}
const checks = { isShut: () => true, isOpen: () => false }
const world = { machine, checks }
const moves = { unlock: () => {}, lock: () => {} }

describe('Steps', () => {
  it.each([
    ['nothing to do', [{ id: 'x' }], 'step-fields', 'steps[0]'],
    ['two things to do', [{ run: 'first', sleep: '1s' }], 'step-fields', 'steps[0].sleep'],
    [
      'the same id twice',
      [
        { id: 'x', run: 'first' },
        { id: 'x', run: 'first' },
      ],
      'duplicate-step',
      'steps[1].id',
    ],
    ['an unknown handler', [{ run: 'frist' }], 'unknown-handler', 'steps[0].run', 'first'],
    ['an unknown task', [{ task: 'tidi' }], 'unknown-task', 'steps[0].task', 'tidy'],
    [
      'an unknown key',
      [{ run: 'first', tiemout: 1 }],
      'unknown-key',
      'steps[0].tiemout',
      'timeout',
    ],
    [
      'retry on a group',
      [{ steps: [{ run: 'first' }], retry: {} }],
      'step-fields',
      'steps[0].retry',
    ],
    ['a bound without items', [{ run: 'first', parallel: 2 }], 'step-fields', 'steps[0].parallel'],
    [
      'a list for each item',
      [{ each: EACH, parallel: [{ run: 'first' }] }],
      'step-fields',
      'steps[0].parallel',
    ],
    [
      'failFast without a group',
      [{ run: 'first', failFast: true }],
      'step-fields',
      'steps[0].failFast',
    ],
    [
      'the limit of a wait beside it',
      [{ waitFor: 'a.b', timeout: '1s' }],
      'step-fields',
      'steps[0].timeout',
    ],
    ['a pattern that is told', [{ emit: 'a.*' }], 'invalid-value', 'steps[0].emit'],
    ['no duration', [{ sleep: '5 weeks' }], 'invalid-value', 'steps[0].sleep'],
    ['no step', [], 'invalid-value', 'steps'],
    ['a condition that is a text', [{ run: 'first', if: 'x > 1' }], 'expression', 'steps[0].if'],
    ['items that are a text', [{ run: 'first', each: 'abc' }], 'expression', 'steps[0].each'],
    [
      'an unknown step',
      [
        { id: 'one', run: 'first' },
        { run: 'first', with: '${{ steps.on.output }}' },
      ],
      'unknown-name',
      'steps[1].with',
      'one',
    ],
    [
      'a step that comes later',
      [
        { run: 'first', with: '${{ steps.x.output }}' },
        { id: 'x', run: 'first' },
      ],
      'unknown-name',
      'steps[0].with',
    ],
    [
      'a step beside it',
      [
        {
          parallel: [
            { id: 'x', run: 'first' },
            { run: 'first', with: '${{ steps.x.output }}' },
          ],
        },
      ],
      'unknown-name',
      'steps[0].parallel[1].with',
    ],
    [
      'an item outside of each',
      [{ run: 'first', with: '${{ item }}' }],
      'unknown-name',
      'steps[0].with',
    ],
  ])('with %s are refused at their place', (_, steps, rule, path, suggestion?: string) => {
    const found = faults({ work: { steps }, tidy: () => {} })
    expect(found).toContainEqual(
      expect.objectContaining({
        rule,
        path: `tasks.work.${path}`,
        ...(suggestion && { suggestion }),
      }),
    )
  })

  it('may name what came before, inside groups too, and the item of their each', () => {
    const plan = load({
      work: {
        steps: [
          { parallel: [{ id: 'x', run: 'first' }, { steps: [{ id: 'y', run: 'second' }] }] },
          { run: 'first', with: ['${{ steps.x.output }}', '${{ steps.y.output }}'] },
          { run: 'first', each: EACH, with: '${{ item + index }}' },
        ],
        output: '${{ steps.x.output }}',
      },
    })
    const { steps, run } = plan.tasks.get('work') ?? {}
    expect(steps?.machine.id).toBe('work')
    expect(() => run?.({} as never)).toThrow('only a runtime can run them')
  })

  it.each([
    ['run', { run: () => {} }],
    ['external', { external: true }],
    ['mode', { mode: 'cpu' }],
    ['memory', { memory: 64 }],
  ])('do not stand beside %s', (_, more) => {
    const found = faults({ work: { steps: [{ run: 'first' }], ...more } })
    expect(found).toContainEqual(expect.objectContaining({ rule: 'step-task' }))
  })
})

describe('A sub-task', () => {
  it('never runs itself, by whatever way', () => {
    const found = faults({
      a: { steps: [{ task: 'b' }] },
      b: { steps: [{ each: EACH, task: 'a' }] },
    })
    expect(found.map(({ rule, path }) => [rule, path])).toEqual([
      ['sub-task-cycle', 'tasks.a.steps[0].task'],
      ['sub-task-cycle', 'tasks.b.steps[0].task'],
    ])
    expect(found[0]?.message).toContain('"a" → "b" → "a"')
  })

  it.each([
    ['open', 'open.quiet', []],
    ['open', 'open', []],
    ['open.quiet', 'open', ['sub-task-requires']],
    ['open', ['open', 'shut'], ['sub-task-requires']],
    ['open', undefined, ['sub-task-requires']],
  ])('that requires %s suits a task that requires %s: %j', (sub, own, rules) => {
    const requires = own === undefined ? {} : { requires: own }
    const tasks = {
      ...moves,
      work: { ...requires, steps: [{ task: 'sub' }] },
      sub: { requires: sub, run: () => {} },
    }
    expect(faults(tasks, world).map(({ rule }) => rule)).toEqual(rules)
  })

  it.each([
    [{ external: true }, 'sub-task'],
    [{ run: () => {}, leaves: 'shut' }, 'sub-task-effect'],
    [{ run: () => {}, disturbs: true }, 'sub-task-effect'],
  ])('is refused when it is %j', (sub, rule) => {
    const found = faults({ ...moves, work: { steps: [{ task: 'sub' }] }, sub }, world)
    expect(found.map((each) => each.rule)).toEqual([rule])
  })

  it('moves no world along an edge, and neither do steps', () => {
    const tasks = {
      ...moves,
      unlock: { steps: [{ run: 'first' }] },
      work: { steps: [{ task: 'lock' }] },
    }
    const found = faults(tasks, world)
    expect(found.map(({ rule }) => rule).sort()).toEqual(['step-task', 'sub-task'])
  })
})

describe('The grant of a task with steps', () => {
  const sub = { run: () => {}, resources: { disk: 1 } }

  it.each([
    ['one after another', [{ task: 'sub' }, { task: 'sub' }], 1],
    ['at once', [{ parallel: [{ task: 'sub' }, { steps: [{ task: 'sub' }] }] }], 2],
    ['for items', [{ each: EACH, parallel: 3, task: 'sub' }], 3],
    ['for items without a bound', [{ each: EACH, task: 'sub' }], 1],
    ['to handle a failure', [{ run: 'first', onError: [{ task: 'sub' }] }], 1],
    ['through another task', [{ parallel: [{ task: 'twice' }, { task: 'sub' }] }], 3],
  ])('covers sub-tasks that run %s', (_, steps, disk) => {
    const twice = { steps: [{ parallel: [{ task: 'sub' }, { task: 'sub' }] }] }
    const plan = load({ work: { steps }, sub, twice }, { resources: { disk: 3 } })
    expect(plan.tasks.get('work')?.resources).toEqual({ disk })
  })

  it('that is more than there is, is refused', () => {
    const work = { steps: [{ each: EACH, parallel: 3, task: 'sub' }] }
    const found = faults({ work, sub }, { resources: { disk: 2 } })
    expect(found).toMatchObject([{ rule: 'resource-request', path: 'tasks.work.steps' }])
  })
})
