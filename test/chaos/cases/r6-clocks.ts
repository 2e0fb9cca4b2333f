import { definePlan } from '../../../src/plan/define.ts'
import { compilePlan } from '../../../src/plan/load.ts'
import { Runtime } from '../../../src/runtime/runtime.ts'
import { memoryStore } from '../../../src/stores/memory/store.ts'
import { keptLog } from '../../support/logs.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { type Fault, type FaultContext, type Figure, none } from '../fault.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

export const fault: Fault = {
  id: 'R6',
  title: 'Clock steps and daylight saving time',
  description:
    'The clock of a running process is set by an hour, forward and back, again and again; and it goes through both changes of local time in four zones.',
  inflict,
}

/** The days before both changes; at 10:00 UTC none of these zones is near one of its times. */
const CHANGES: readonly { readonly zone: string; readonly days: readonly string[] }[] = [
  { zone: 'Europe/Berlin', days: ['2026-03-28', '2026-10-24'] },
  { zone: 'America/New_York', days: ['2026-03-07', '2026-10-31'] },
  { zone: 'Australia/Lord_Howe', days: ['2026-04-03', '2026-10-02'] },
  { zone: 'Africa/Casablanca', days: ['2026-02-14', '2026-03-21'] },
]
/** Before, in and after each hour that is left out or comes twice. */
const TIMES = ['15 1', '45 1', '15 2', '45 2', '15 3']

async function inflict(context: FaultContext): Promise<readonly Figure[]> {
  return [...(await setClocks(context)), ...(await changeLocalTime(context))]
}

async function setClocks({ seed, form }: FaultContext): Promise<readonly Figure[]> {
  const steps = form === 'short' ? 12 : 200
  const start = Date.UTC(2026, 0, 1)
  const clock = new ManualClock(start)
  const schedules = { pulse: { task: 'work', every: '10m', misfire: 'all', overlap: 'allow' } }
  let choice = seed
  const fired = await observe(schedules, clock, async () => {
    for (let step = 0; step < steps; step += 1) {
      choice = (choice * 1_103_515_245 + 12_345) % 2 ** 31
      await clock.advance((choice % 50) * 60_000 + 1)
      clock.jump(choice % 2 === 0 ? HOUR : -HOUR)
    }
    await clock.advance(3 * HOUR)
  })
  const last = Math.max(...fired)
  const slots = Array.from(
    { length: (last - start) / 600_000 },
    (_, index) => start + (index + 1) * 600_000,
  )
  return [{ name: 'clock steps', value: steps }, ...compare('clock steps', fired, slots)]
}

async function changeLocalTime({ progress }: FaultContext): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  for (const { zone, days } of CHANGES) {
    for (const day of days) {
      const start = Date.parse(`${day}T10:00Z`)
      const clock = new ManualClock(start)
      const named = TIMES.map((time, index) => {
        const schedule = { task: 'work', cron: `${time} * * *`, timezone: zone, overlap: 'allow' }
        return [`at-${index}`, schedule]
      })
      const fired = await observe(Object.fromEntries(named), clock, () => clock.advance(3 * DAY))
      // Each local time comes once on each of three days, whatever the clocks do.
      figures.push({ name: `runs around ${day} in ${zone}`, value: fired.length, expected: 15 })
    }
    progress(`${zone} went through both changes`)
  }
  return figures
}

/** The instants that fire meanwhile. */
async function observe(
  schedules: object,
  clock: ManualClock,
  meanwhile: () => Promise<void>,
): Promise<readonly number[]> {
  const definition = definePlan({
    name: 'clocks',
    tasks: { work: () => undefined },
    schedules: schedules as never,
  })
  const runtime = new Runtime([compilePlan(definition)], memoryStore(), {
    clock,
    logger: keptLog(),
  })
  const fired: number[] = []
  runtime.events.on('schedule.fired', ({ data }) => void fired.push(data.at))
  await runtime.start()
  await meanwhile()
  const stopping = runtime.stop()
  await clock.advance('1m')
  await stopping
  return fired
}

function compare(
  what: string,
  fired: readonly number[],
  slots: readonly number[],
): readonly Figure[] {
  const iso = (instant: number) => new Date(instant).toISOString()
  const seen = new Set(fired)
  const doubled = fired.filter((instant, index) => fired.indexOf(instant) !== index)
  const skipped = slots.filter((slot) => !seen.has(slot))
  return [
    { name: `instants (${what})`, value: fired.length },
    none(`doubled (${what})`, doubled.map(iso)),
    none(`skipped (${what})`, skipped.map(iso)),
  ]
}
