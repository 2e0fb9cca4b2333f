import { describe, expect, it } from 'vitest'
import { formatDiagnostic } from '../../../../src/plan/diagnostic.ts'
import { importMachine } from '../../../../src/plan/interchange/import.ts'

const COLD = { meta: { check: 'isCold' }, on: { HEAT: { target: 'hot', meta: { task: 'heat' } } } }
const KILN = {
  id: 'kiln',
  initial: 'cold',
  states: { cold: COLD, hot: { meta: { check: 'isHot' } } },
}

function problemsOf(file: string, text: string, name?: string): readonly string[] {
  return importMachine(file, text, name).diagnostics.map((each) => formatDiagnostic(each, text))
}

describe('a machine in JSON or YAML', () => {
  it('is taken as Stately exports it', () => {
    expect(importMachine('kiln.json', JSON.stringify(KILN)).config).toEqual(KILN)
  })

  it('is found in a plan, under its key', () => {
    const text = `setpoint: 1\nname: kiln\nmachine: ${JSON.stringify(KILN)}\n`
    expect(importMachine('plan.yaml', text).config).toEqual(KILN)
  })

  it('that leads nowhere is refused at its place, with the nearest name', () => {
    const text = JSON.stringify(KILN).replace('"hot","meta"', '"hott","meta"')
    const [problem] = importMachine('kiln.json', text).diagnostics
    expect(importMachine('kiln.json', text).config).toBeUndefined()
    expect(problem).toMatchObject({ rule: 'unknown-target', line: 1, suggestion: 'hot' })
    expect(text.slice((problem?.column ?? 0) - 1)).toMatch(/^"hott"/)
  })

  it('that is a drawing without checks is taken with a warning for each', () => {
    const { config, diagnostics } = importMachine('m.json', '{"initial":"a","states":{"a":{}}}')
    expect(config).toEqual({ initial: 'a', states: { a: {} } })
    expect(diagnostics.map(({ rule, severity }) => [rule, severity])).toEqual([
      ['state-without-check', 'warning'],
    ])
  })

  it('that is no JSON says where', () => {
    expect(importMachine('kiln.json', '{"id": ').diagnostics[0]).toMatchObject({ line: 1 })
  })
})

describe('a machine in a module', () => {
  it('is read without running anything', () => {
    const text = `
      import { setup } from 'xstate'
      throw new Error('never run')
      const HOT = { meta: { check: 'isHot' } } as const
      export const kiln = setup({ guards: { dry: () => true } }).createMachine({
        id: 'kiln', initial: \`cold\`,
        states: { cold: ${JSON.stringify(COLD)}, hot: HOT },
      })`
    expect(importMachine('kiln.ts', text).config).toEqual(KILN)
  })

  it('with a function in place is refused with the place of the function', () => {
    const text = `createMachine({
  initial: 'cold',
  states: { cold: { on: { HEAT: { target: 'cold', guard: ({ context }) => context.ok } } } },
})`
    expect(problemsOf('m.js', text)).toEqual([
      `m.js:3:58: a function in place cannot be read: give it a name in setup() and write the name here (not-literal)
  3 |   states: { cold: { on: { HEAT: { target: 'cold', guard: ({ context }) => context.ok } } } },
    |                                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^`,
    ])
  })

  it.each([
    ['a call', 'makeName()', 'only literals can be read'],
    ['a name from elsewhere', 'NAME', '"NAME" is no constant of this file'],
    ['a text that is put together', ['`a$', '{1}`'].join(''), 'a text that is put together'],
    ['a constant that needs itself', 'LOOP', '"LOOP" is no constant of this file'],
  ])('with %s where a literal should stand is refused', (_, written, message) => {
    const text = `const LOOP = LOOP\ncreateMachine({ initial: ${written}, states: { a: {} } })`
    expect(problemsOf('m.js', text)[0]).toContain(message)
  })

  it('with a spread is refused', () => {
    const text = 'createMachine({ ...base, states: { a: {} } })'
    expect(problemsOf('m.js', text)[0]).toContain('only plain keys with values can be read')
  })

  it('that makes several has to be asked for one by name', () => {
    const text = `const one = createMachine({ initial: 'a', states: { a: {} } })
const two = createMachine({ initial: 'b', states: { b: {} } })`
    expect(problemsOf('m.js', text)[0]).toContain('expected one of one, two')
    expect(importMachine('m.js', text, 'two').config).toEqual({ initial: 'b', states: { b: {} } })
    expect(problemsOf('m.js', text, 'twoo')[0]).toContain('did you mean "two"?')
  })

  it('that makes none says so', () => {
    expect(problemsOf('m.ts', 'export const a: number = 1')[0]).toContain(
      'the file makes no machine',
    )
  })

  it('that cannot be parsed says where', () => {
    expect(importMachine('m.js', 'const a = \n = 2').diagnostics[0]).toMatchObject({
      rule: 'module-syntax',
      line: 2,
    })
  })
})

describe('a map of states and transitions', () => {
  const MAP = `
states:
  off: { check_task: is_off, can_async: false, priority: 10 }
  on: { check_task: is_on, can_async: true }
  "in.game": { check_task: is_in_game }
transitions:
  - { from: off, to: on, cost: 5, transition_task: power_on }
  - { from: on, to: in.game, transition_task: enter }
  - { from: "*", to: off, cost: 9, transition_task: pull_plug }
`

  it('becomes a machine with an edge from every state for "*"', () => {
    const { config, notes } = importMachine('world.yaml', MAP)
    expect(config).toEqual({
      id: 'machine',
      initial: 'off',
      states: {
        off: {
          meta: { check: 'is_off', priority: 10, serial: true },
          on: { TO_ON: { target: 'on', meta: { task: 'power_on', cost: 5 } } },
        },
        on: {
          meta: { check: 'is_on' },
          on: {
            TO_IN_GAME: { target: 'in-game', meta: { task: 'enter' } },
            TO_OFF: { target: 'off', meta: { task: 'pull_plug', cost: 9 } },
          },
        },
        'in-game': {
          meta: { check: 'is_in_game' },
          on: { TO_OFF: { target: 'off', meta: { task: 'pull_plug', cost: 9 } } },
        },
      },
    })
    expect(notes).toEqual(['the state "in.game" is now "in-game"'])
  })

  it('with a transition to nowhere is refused at its place', () => {
    const text = MAP.replace('to: on,', 'to: onn,')
    expect(importMachine('world.yaml', text).diagnostics[0]).toMatchObject({
      rule: 'unknown-state',
      line: 7,
      suggestion: 'on',
    })
  })
})
