import { describe, expect, it, test } from 'vitest'
import { formatDiagnostic } from '../../../../src/plan/diagnostic.ts'
import { loadPlan } from '../../../../src/plan/load.ts'
import { diagnosticsOf, faultOf, writeFolder } from '../plan-folder.ts'

const ACTIONS = 'export const work = () => null\n'

/** What is wrong with a plan of these tasks (and more), with the text under each caret. */
async function faultsIn(body: string) {
  const text = `setpoint: 1\nname: plan\nactions: ./actions.ts\n${body}\n`
  const folder = await writeFolder({ 'plan.yaml': text, 'actions.ts': ACTIONS })
  const diagnostics = await diagnosticsOf(loadPlan(folder))
  return diagnostics.map((each) => ({ ...faultOf(each, text), each, source: text }))
}

const job = (step: string, more = '') => `
tasks:
  job:
    input: { type: object, properties: { folder: { type: string } }, additionalProperties: false }
    steps:
      - { id: first, run: work }
      - ${step}
${more}`

describe('A name that cannot be known is refused at load, with a caret under it,', () => {
  it.each([
    ['in `with`', job('{ run: work, with: { a: ["x", "${{ input.fodler }}"] } }'), 'fodler'],
    ['in a text', job('{ run: work, with: "to ${{ input.folder }}/${{ itme }}!" }'), 'itme'],
    ['in `if`', job("{ run: work, if: '${{ steps.frist.output }}' }"), 'frist'],
    ['in `each`', job('{ run: work, each: "${{ [1, imput] }}" }'), 'imput'],
    [
      'in `each`, with its item',
      job('{ run: work, if: "${{ item }}", each: "${{ [1] }}" }'),
      'item',
    ],
    ['in `where`', job('{ waitFor: { event: go, where: "${{ evnt.data == 1 }}" } }'), 'evnt'],
    ['in `sleep`', job('{ sleep: "${{ duration }}" }'), 'duration'],
    ['in the data of an event', job('{ emit: done, with: "${{ steps.first.outptu }}" }'), 'outptu'],
    ['in `output`', job('run: work', '    output: ${{ steps.first.status + seen }}'), 'seen'],
    ['of a function', job('{ run: work, if: "${{ sizes(input) > 1 }}" }'), 'sizes'],
    [
      'of a later step',
      job('{ run: work, with: "${{ steps.last }}" }', '      - { id: last, run: work }'),
      'last',
    ],
  ])('%s', async (_, body, name) => {
    const [fault, ...others] = await faultsIn(body)
    expect(others).toEqual([])
    expect(fault).toMatchObject({ rule: 'unknown-name' })
    expect(fault?.text.startsWith(name)).toBe(true)
  })

  it('in the input and `where` of a schedule', async () => {
    const faults = await faultsIn(`
tasks: { job: work }
schedules:
  nightly: { task: job, every: 1h, input: { a: "\${{ input.x }}" } }
  on-push: { task: job, on: push, where: "\${{ event.data.size > minimum }}" }`)
    expect(faults.map(({ line, text }) => [line, text])).toEqual([
      [7, 'input'],
      [8, 'minimum'],
    ])
  })

  it('in a file of the tasks folder', async () => {
    const text = 'steps:\n  - run: work\n    with: ${{ 1 + nothing }}\n'
    const folder = await writeFolder({
      'plan.yaml': 'setpoint: 1\nname: plan\nactions: ./actions.ts\n',
      'actions.ts': ACTIONS,
      'tasks/job.yaml': text,
    })
    const [diagnostic] = await diagnosticsOf(loadPlan(folder))
    expect(diagnostic).toMatchObject({ line: 3, column: 19, length: 7 })
    expect(diagnostic?.file).toMatch(/tasks\/job\.yaml$/)
  })
})

test('A person sees the place, the line, the caret and the nearest name.', async () => {
  const [fault] = await faultsIn(job('{ run: work, with: "${{ input.fodler }}" }'))
  if (fault === undefined) throw new Error('nothing was wrong')
  const shown = formatDiagnostic({ ...fault.each, file: 'plan.yaml' }, fault.source)
  expect(
    shown,
  ).toBe(`plan.yaml:10:39: the task's input has no "fodler" (expression at "fodler", column 7) (unknown-name)
  10 |       - { run: work, with: "\${{ input.fodler }}" }
     |                                       ^^^^^^
  did you mean "folder"?`)
})

describe('The caret stands under the whole text', () => {
  it.each([
    ['with escapes', '"\\u0024{{ nothing }}"', '"\\u0024{{ nothing }}"'],
    ['with a quote twice', "'it''s ${{ nothing }}'", "'it''s ${{ nothing }}'"],
  ])('%s', async (_, written, shown) => {
    const [fault] = await faultsIn(job(`{ run: work, with: ${written} }`))
    expect(fault?.text).toBe(shown)
    expect(fault?.each.message).toContain('(expression at "nothing", column 1)')
  })

  it('over several lines', async () => {
    const [fault] = await faultsIn(
      job('run: work\n        with: |\n          a\n          ${{ nothing }}'),
    )
    expect(fault).toMatchObject({ rule: 'unknown-name', line: 11 })
  })
})

test('Two mistakes in one text have a caret each, syntax and types too.', async () => {
  const faults = await faultsIn(
    job(
      '{ run: work, with: ["${{ one }} ${{ two }}", "${{ 1 + }}", "${{ 1 + true }}", "a ${{ 1"] }',
    ),
  )
  expect(faults.map(({ rule, text }) => [rule, text.slice(0, 8)])).toEqual([
    ['unknown-name', 'one'],
    ['unknown-name', 'two'],
    ['expression', expect.any(String)],
    ['expression', expect.stringMatching(/1 \+ true|\+/)],
    ['expression', '${{ 1'],
  ])
})
