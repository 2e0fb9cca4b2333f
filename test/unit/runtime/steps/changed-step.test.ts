import { expect, test } from 'vitest'
import type { Plan } from '../../../../src/plan/model.ts'
import type { StepMeaning, StepProgram } from '../../../../src/plan/steps/program.ts'
import { changedStep } from '../../../../src/runtime/steps/changed-step.ts'
import { planOf } from '../../../support/runtimes.ts'

const work = () => 1
const PAIR = { parallel: [{ run: 'work' }, { id: 'nap', sleep: '1h' }] }
const DUMP = {
  id: 'dump',
  if: '${{ size(input) > 0 }}',
  each: '${{ input }}',
  steps: [
    { run: 'work', with: '${{ item }}' },
    { id: 'check', task: 'inner' },
  ],
  onError: [{ emit: 'dump.failed' }],
}
const STEPS = [{ id: 'go', waitFor: { event: 'go', timeout: '1h' } }, PAIR, DUMP]
const INNER = [{ id: 'core', run: 'work' }]

function version(steps: readonly object[], inner: readonly object[] = INNER) {
  const plan = planOf(
    { job: { steps }, inner: { steps: inner } },
    { actions: { work, other: work } },
  )
  const program = plan.tasks.get('job')?.steps as StepProgram
  return { plan, program }
}

/** All steps, those of the sub-task included. */
function all({ plan, program }: { plan: Plan; program: StepProgram }): readonly StepMeaning[] {
  const inner = [...(plan.tasks.get('inner')?.steps?.meanings.values() ?? [])]
  return [
    ...program.meanings.values(),
    ...inner.map(({ at, does }) => ({ at: `dump[].check/${at}`, does })),
  ]
}

const BEGUN = all(version(STEPS))

test('Every step has a place of its own, whatever it stands in, and items share theirs.', () => {
  expect(BEGUN.map(({ at }) => at)).toEqual([
    'go',
    'steps[1].parallel[0]',
    'nap',
    'dump[].steps[0]',
    'dump[].check',
    'dump.onError[0]',
    'dump[].check/core',
  ])
})

test.each([
  ['nothing has changed', version(STEPS)],
  [
    'only times, retries and what comes after them have changed',
    version([
      { id: 'go', waitFor: { event: 'go', timeout: '2h' } },
      {
        parallel: [
          { run: 'work', retry: { attempts: 5 } },
          { id: 'nap', sleep: '2h' },
        ],
      },
      { ...DUMP, parallel: 4 },
      { id: 'more', run: 'other' },
    ]),
  ],
])('Steps can be gone on with when %s.', (_, { plan, program }) => {
  expect(changedStep(BEGUN, program, plan)).toBeUndefined()
})

test.each([
  ['dump[].steps[0]', version([STEPS[0] as object, PAIR, { ...DUMP, each: [1] }])],
  ['dump[].steps[0]', version([STEPS[0] as object, PAIR, { ...DUMP, if: '${{ true }}' }])],
  ['dump.onError[0]', version([STEPS[0] as object, PAIR, { ...DUMP, onError: 'continue' }])],
  ['dump[].check/core', version(STEPS, [{ id: 'core', run: 'other' }])],
  ['dump[].check/core', version(STEPS, [{ id: 'kernel', run: 'work' }])],
  ['steps[1].parallel[0]', version([STEPS[0] as object, DUMP, PAIR])],
  ['go', version([{ id: 'go', waitFor: 'come' }, PAIR, DUMP])],
])('They cannot when step %s has changed.', (at, { plan, program }) => {
  expect(changedStep(BEGUN, program, plan)).toContain(`step "${at}"`)
})
