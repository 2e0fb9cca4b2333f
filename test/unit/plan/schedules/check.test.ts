import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { definePlan } from '../../../../src/plan/define.ts'
import { PlanError } from '../../../../src/plan/diagnostic.ts'
import { compilePlan } from '../../../../src/plan/load.ts'

const TASKS = {
  backup: { input: z.object({ folder: z.string() }), run: () => 1 },
  plain: () => 1,
  pulled: { external: true as const },
}

function compile(schedule: object) {
  return compilePlan(
    definePlan({ name: 'kiln', tasks: TASKS as never, schedules: { nightly: schedule as never } }),
  )
}

function mistakes(schedule: object) {
  try {
    compile(schedule)
    return []
  } catch (error) {
    if (error instanceof PlanError) return error.diagnostics
    throw error
  }
}

const CRON = { task: 'plain', cron: '0 3 * * *' }

describe('what cannot be is told with its place and the nearest name', () => {
  test.each([
    [{ task: 'plan', manual: true }, 'task', 'no task "plan"', 'plain'],
    [{ task: 'plain' }, '', 'needs one of "cron", "every"', undefined],
    [{ ...CRON, every: '1h' }, 'every', 'either "cron" or "every"', undefined],
    [{ ...CRON, cron: '0 25 * * *' }, 'cron', 'the hour "25" cannot be', undefined],
    [{ ...CRON, timezone: 'Europe/Berln' }, 'timezone', 'no time zone', 'Europe/Berlin'],
    [{ ...CRON, timezone: 'Germany/Berlin' }, 'timezone', 'no time zone', 'Europe/Berlin'],
    [{ ...CRON, where: '${{ true }}' }, 'where', 'only beside "on"', undefined],
    [{ task: 'plain', every: '1h', timezone: 'UTC' }, 'timezone', 'only beside "cron"', undefined],
    [{ task: 'plain', on: 'a.b', misfire: 'all' }, 'misfire', 'only beside "cron"', undefined],
    [{ task: 'plain', every: '500ms' }, 'every', 'once in a second at most', undefined],
    [{ task: 'plain', on: 'a..b' }, 'on', 'an event name', undefined],
    [{ task: 'plain', on: 'a', where: '${{ evnt.name }}' }, 'where', 'evnt', 'event'],
    [{ task: 'plain', on: 'a', input: '${{ evnt }}' }, 'input', 'evnt', 'event'],
    [{ task: 'plain', after: { task: 'plian' } }, 'after.task', 'no task "plian"', 'plain'],
    [{ task: 'plain', after: { task: 'plain', outcome: 'faild' } }, 'after.outcome', '', undefined],
    [{ task: 'plain', files: ['a.csv'] }, 'files', 'defined in code', undefined],
    [{ task: 'plain', files: ['../a.csv'] }, 'files[0]', 'leaves the folder', undefined],
    [{ ...CRON, start: 'tomorrow' }, 'start', 'a time such as', undefined],
    [
      { ...CRON, start: '2026-02-01T00:00:00Z', end: '2026-01-01T00:00:00Z' },
      'end',
      'ends before it starts',
      undefined,
    ],
    [{ task: 'backup', manual: true }, '', 'the schedule gives none', undefined],
    [
      { task: 'backup', manual: true, input: { folder: 7 } },
      'input.folder',
      'does not take this input: folder',
      undefined,
    ],
    [{ ...CRON, overlap: 'skp' }, 'overlap', 'not a value', 'skip'],
    [{ ...CRON, croon: 1 }, 'croon', 'not known here', 'cron'],
  ])('%j', (schedule, place, message, suggestion) => {
    const path = place === '' ? 'schedules.nightly' : `schedules.nightly.${place}`
    const found = mistakes(schedule).find((each) => each.path === path)
    expect(found?.message).toContain(message)
    if (suggestion !== undefined) expect(found?.suggestion).toBe(suggestion)
  })
})

test('a schedule that says little means much', () => {
  const { schedules } = compile(CRON)
  expect(schedules).toMatchObject([
    {
      plan: 'kiln',
      name: 'nightly',
      task: 'plain',
      trigger: { kind: 'cron', cron: '0 3 * * *', timezone: 'UTC' },
      misfire: { policy: 'last', limit: 1 },
      overlap: 'skip',
      jitter: 0,
      enabled: true,
      queue: undefined,
    },
  ])
})

test.each([
  [{ on: 'deploy.**' }, { kind: 'event', pattern: 'deploy.**', where: undefined }],
  [
    { after: { task: 'backup' } },
    { kind: 'outcome', task: 'kiln/backup', statuses: ['completed'] },
  ],
  [
    { after: { task: 'other/task', outcome: ['failed', 'cancelled'] } },
    { kind: 'outcome', task: 'other/task', statuses: ['failed', 'cancelled'] },
  ],
  [{ manual: true }, { kind: 'manual' }],
])('%j is a trigger that allows overlap', (given, trigger) => {
  const [schedule] = compile({ task: 'plain', ...given }).schedules
  expect(schedule).toMatchObject({ trigger, overlap: 'allow' })
})

test('an external task is scheduled like any other', () => {
  expect(compile({ task: 'pulled', every: '1h' }).schedules).toHaveLength(1)
})

test('times, durations and limits are numbers in the plan', () => {
  const [schedule] = compile({
    task: 'plain',
    every: '90s',
    jitter: '5s',
    misfire: { all: 3 },
    start: '2026-01-01T01:00:00+01:00',
    end: '2027-01-01T00:00Z',
  }).schedules
  expect(schedule).toMatchObject({
    trigger: { kind: 'every', every: 90_000 },
    jitter: 5000,
    misfire: { policy: 'all', limit: 3 },
    start: Date.UTC(2026, 0, 1),
    end: Date.UTC(2027, 0, 1),
  })
})
