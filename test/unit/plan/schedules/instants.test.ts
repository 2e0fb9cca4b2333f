import { CronExpressionParser } from 'cron-parser'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  findCronMistake,
  latestInstants,
  nextInstant,
  nextInstants,
  type Timetable,
} from '../../../../src/plan/schedules/instants.ts'

const HOUR = 3_600_000

function cron(text: string, timezone = 'UTC'): Timetable {
  return { trigger: { kind: 'cron', cron: text, timezone }, start: undefined, end: undefined }
}

function every(ms: number, start?: number, end?: number): Timetable {
  return { trigger: { kind: 'every', every: ms }, start, end }
}

function iso(instants: readonly number[]): readonly string[] {
  return instants.map((instant) => new Date(instant).toISOString().replace(/:00\.000Z$/, 'Z'))
}

function next(timetable: Timetable, after: string, count: number): readonly string[] {
  return iso(nextInstants(timetable, Date.parse(after), count))
}

describe('a local time that does not exist is the instant at which clocks are put forward', () => {
  test.each([
    ['Europe/Berlin', '30 2 * * *', '2026-03-28T12:00Z', '2026-03-29T01:00Z', '2026-03-30T00:30Z'],
    [
      'America/New_York',
      '30 2 * * *',
      '2026-03-07T12:00Z',
      '2026-03-08T07:00Z',
      '2026-03-09T06:30Z',
    ],
    [
      'Australia/Lord_Howe',
      '15 2 * * *',
      '2026-10-02T20:00Z',
      '2026-10-03T15:30Z',
      '2026-10-04T15:15Z',
    ],
    [
      'America/Sao_Paulo',
      '30 0 * * *',
      '2018-11-03T12:00Z',
      '2018-11-04T03:00Z',
      '2018-11-05T02:30Z',
    ],
    [
      'Africa/Casablanca',
      '30 2 * * *',
      '2026-03-21T12:00Z',
      '2026-03-22T02:00Z',
      '2026-03-23T01:30Z',
    ],
  ])('%s %s', (timezone, text, after, atGap, dayAfter) => {
    expect(next(cron(text, timezone), after, 2)).toEqual([atGap, dayAfter])
  })

  test('many such times are one instant, also with the one that does exist', () => {
    const instants = next(cron('*/15 * * * *', 'Europe/Berlin'), '2026-03-29T00:30Z', 3)
    expect(instants).toEqual(['2026-03-29T00:45Z', '2026-03-29T01:00Z', '2026-03-29T01:15Z'])
  })

  test('a whole day that does not exist, too', () => {
    const instants = next(cron('0 12 * * *', 'Pacific/Apia'), '2011-12-28T23:00Z', 3)
    expect(instants).toEqual(['2011-12-29T22:00Z', '2011-12-30T10:00Z', '2011-12-30T22:00Z'])
  })
})

describe('a local time that exists twice is the first of the two', () => {
  test.each([
    ['Europe/Berlin', '30 2 * * *', '2026-10-24T12:00Z', '2026-10-25T00:30Z', '2026-10-26T01:30Z'],
    [
      'America/New_York',
      '30 1 * * *',
      '2026-10-31T12:00Z',
      '2026-11-01T05:30Z',
      '2026-11-02T06:30Z',
    ],
    [
      'Australia/Lord_Howe',
      '45 1 * * *',
      '2026-04-03T20:00Z',
      '2026-04-04T14:45Z',
      '2026-04-05T15:15Z',
    ],
    [
      'America/Sao_Paulo',
      '30 23 * * 6',
      '2018-02-11T12:00Z',
      '2018-02-18T01:30Z',
      '2018-02-25T02:30Z',
    ],
    [
      'Africa/Casablanca',
      '30 2 * * *',
      '2026-02-14T12:00Z',
      '2026-02-15T01:30Z',
      '2026-02-16T02:30Z',
    ],
  ])('%s %s', (timezone, text, after, first, dayAfter) => {
    expect(next(cron(text, timezone), after, 2)).toEqual([first, dayAfter])
  })

  test('the second time round nothing fires, and then it goes on', () => {
    const instants = next(cron('*/30 * * * *', 'Europe/Berlin'), '2026-10-24T23:30Z', 4)
    expect(instants).toEqual([
      '2026-10-25T00:00Z',
      '2026-10-25T00:30Z',
      '2026-10-25T02:00Z',
      '2026-10-25T02:30Z',
    ])
  })
})

const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'Africa/Casablanca',
  'Asia/Kathmandu',
  'UTC',
]
const TEXTS = [
  '0 3 * * *',
  '*/7 * * * *',
  '30 2 * * 1-5',
  '15 */4 1,15 * *',
  '0 0 29 2 *',
  '*/20 30 1 * * *',
  '0 12 * * SUN',
]

const zones = fc.constantFrom(...ZONES)
const texts = fc.constantFrom(...TEXTS)
const times = fc.integer({ min: Date.UTC(2015, 0, 1), max: Date.UTC(2035, 0, 1) })

/** Whether a clock of the zone is set on the days around. */
function isNearChange(instant: number, timezone: string): boolean {
  const format = new Intl.DateTimeFormat('en', { timeZone: timezone, timeZoneName: 'longOffset' })
  const offset = (time: number) =>
    format.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value
  return offset(instant - 48 * HOUR) !== offset(instant + 48 * HOUR)
}

test('away from the changes of clocks another implementation agrees', () => {
  fc.assert(
    fc.property(texts, zones, times, (text, timezone, after) => {
      const ours = nextInstant(cron(text, timezone), after) ?? 0
      fc.pre(!isNearChange(after, timezone) && !isNearChange(ours, timezone))
      const theirs = CronExpressionParser.parse(text, {
        tz: timezone,
        currentDate: new Date(after),
      }).next()
      expect(new Date(ours).toISOString()).toBe(theirs.toDate().toISOString())
    }),
    { numRuns: 300 },
  )
})

test('instants grow strictly, and the newest of a span are those that lead through it', () => {
  fc.assert(
    fc.property(
      texts,
      zones,
      times,
      fc.integer({ min: 1, max: 20 }),
      (text, timezone, after, count) => {
        const timetable = cron(text, timezone)
        const forward = nextInstants(timetable, after, count)
        expect(forward.every((instant, index) => instant > (forward[index - 1] ?? after))).toBe(
          true,
        )
        const until = forward.at(-1) ?? after
        expect(latestInstants(timetable, { after, until, limit: 100 })).toEqual(forward)
        expect(latestInstants(timetable, { after, until, limit: 2 })).toEqual(forward.slice(-2))
      },
    ),
    { numRuns: 300 },
  )
})

test('both changes of clocks in all zones neither repeat an instant nor lose a day', () => {
  for (const timezone of ZONES) {
    const daily = nextInstants(cron('30 2 * * *', timezone), Date.UTC(2017, 11, 31, 12), 730)
    expect(new Set(daily).size).toBe(730)
    const widest = Math.max(
      ...daily.map((instant, index) => instant - (daily[index - 1] ?? instant)),
    )
    expect(widest).toBeLessThanOrEqual(25 * HOUR)
  }
})

test('an interval is counted from its start, or from the epoch', () => {
  expect(nextInstant(every(HOUR), 5)).toBe(HOUR)
  expect(nextInstant(every(HOUR), HOUR)).toBe(2 * HOUR)
  expect(nextInstants(every(HOUR, 10, 10 + HOUR), 0, 5)).toEqual([10, 10 + HOUR])
})

test('a long span costs what its newest instants cost', () => {
  const span = { after: 0, until: Date.UTC(2026, 0, 1), limit: 3 }
  expect(latestInstants(every(1000), span)).toHaveLength(3)
  expect(latestInstants(cron('* * * * * *'), span)).toHaveLength(3)
})

test('what fires on no time has no instants', () => {
  const manual: Timetable = { trigger: { kind: 'manual' }, start: undefined, end: undefined }
  expect(nextInstant(manual, 0)).toBeUndefined()
  expect(latestInstants(manual, { after: 0, until: HOUR, limit: 1 })).toEqual([])
})

test.each([
  ['61 * * * *', 'the minute "61" cannot be'],
  ['0 25 * * *', 'the hour "25" cannot be'],
  ['0 0 1 * * MOM', 'the day of week "MOM" cannot be'],
  ['0 3 * *', 'a cron text has 5 fields, or 6 with seconds, and this has 4'],
  ['', 'a cron text has 5 fields, or 6 with seconds, and this has 0'],
  ['@reboot', '@reboot is not supported'],
  ['0 0 30 2 *', 'it would never fire'],
])('of "%s" it is said what is wrong: %s', (text, message) => {
  expect(findCronMistake(text)?.message).toContain(message)
})

test.each(['0 3 * * *', '*/10 0 3 * * *', '@daily', '0 0 L * *', '0 9 * * FRI#2'])(
  '"%s" is a cron text',
  (text) => expect(findCronMistake(text)).toBeUndefined(),
)
