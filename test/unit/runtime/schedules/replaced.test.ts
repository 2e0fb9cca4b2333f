import { expect, test } from 'vitest'
import { definePlan } from '../../../../src/plan/define.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { at, scheduled } from './scene.ts'

test('a plan that is loaded again while the runtime runs fires as its new version says', async () => {
  const made = await scheduled({
    pulse: { task: 'work', every: '30m' },
    gone: { task: 'work', every: '31m', start: '2026-01-01T00:10:00Z' },
  })
  await made.clock.advance('35m')
  const schedules = { pulse: { task: 'work', every: '10m' } } as const
  const next = definePlan({ name: 'plan', tasks: { work: () => 'new' }, schedules })
  expect(await made.runtime.reload(next)).toMatchObject([{ changed: true, diagnostics: [] }])
  await allDone()
  await made.clock.advance('20m')
  expect(await made.instants()).toEqual([
    '2026-01-01T00:10',
    '2026-01-01T00:30',
    '2026-01-01T00:40',
    '2026-01-01T00:50',
  ])
  expect(made.runtime.schedules.list()).toMatchObject([
    { id: 'plan/pulse', next: at('2026-01-01T01:00') },
  ])
})
