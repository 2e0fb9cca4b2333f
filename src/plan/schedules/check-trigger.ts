import { ownValue } from '../data.ts'
import { quote } from '../diagnostic.ts'
import type { Finding, Path } from '../finding.ts'
import { unknownName, unknownTask } from '../finding.ts'
import { leavesFolder } from './file-pattern.ts'
import { findCronMistake } from './instants.ts'
import { isTimezone, timezones } from './zone.ts'

const TRIGGERS = ['cron', 'every', 'on', 'after', 'files', 'manual'] as const
type TriggerKey = (typeof TRIGGERS)[number]

/** Keys that mean something only beside some triggers, and what those are called. */
const BESIDE: readonly {
  readonly key: string
  readonly triggers: readonly TriggerKey[]
  readonly what: string
}[] = [
  { key: 'timezone', triggers: ['cron'], what: '"cron"' },
  { key: 'where', triggers: ['on'], what: '"on"' },
  ...['misfire', 'jitter', 'start', 'end'].map((key) => ({
    key,
    triggers: ['cron', 'every'] as const,
    what: '"cron" or "every"',
  })),
]

/** Exactly one trigger, one that can fire, and nothing beside it that would mean nothing. */
export function checkTrigger(
  at: Path,
  schedule: Readonly<Record<string, unknown>>,
  tasks: ReadonlySet<string>,
  plan: string,
): readonly Finding[] {
  const given = TRIGGERS.filter((key) => ownValue(schedule, key) !== undefined)
  const [only, second] = given
  if (only === undefined) {
    const message = `a schedule needs one of ${TRIGGERS.map(quote).join(', ')}`
    return [{ rule: 'schedule-trigger', path: at, at: 'key', message }]
  }
  if (second !== undefined) {
    const message = `a schedule has one trigger: either ${quote(only)} or ${quote(second)}`
    return [{ rule: 'schedule-trigger', path: [...at, second], at: 'key', message }]
  }
  return [
    ...checkBeside(at, schedule, only),
    ...checkCron(at, schedule),
    ...checkOutcome(at, schedule, tasks, plan),
    ...checkFiles(at, schedule),
    ...checkPeriod(at, schedule),
  ]
}

function checkBeside(
  at: Path,
  schedule: Readonly<Record<string, unknown>>,
  trigger: TriggerKey,
): readonly Finding[] {
  return BESIDE.flatMap(({ key, triggers, what }): Finding[] => {
    if (ownValue(schedule, key) === undefined || triggers.includes(trigger)) return []
    const message = `${quote(key)} means something only beside ${what}`
    return [{ rule: 'schedule-trigger', path: [...at, key], at: 'key', message }]
  })
}

function checkCron(at: Path, schedule: Readonly<Record<string, unknown>>): readonly Finding[] {
  const findings: Finding[] = []
  const cron = ownValue(schedule, 'cron')
  const mistake = typeof cron === 'string' ? findCronMistake(cron) : undefined
  if (mistake !== undefined) {
    const expected = 'minute hour day-of-month month day-of-week, such as "0 3 * * *"'
    findings.push({ rule: 'cron', path: [...at, 'cron'], message: mistake.message, expected })
  }
  const timezone = ownValue(schedule, 'timezone')
  if (typeof timezone === 'string' && !isTimezone(timezone)) {
    const message = `there is no time zone ${quote(timezone)}`
    const path = [...at, 'timezone']
    findings.push(unknownTimezone(path, timezone, message))
  }
  return findings
}

/** Zones are too many to compare with all of them, so those of the same region come first. */
function unknownTimezone(path: Path, timezone: string, message: string): Finding {
  const region = timezone.slice(0, 2).toLowerCase()
  const all = timezones()
  const near = all.filter((zone) => zone.toLowerCase().startsWith(region))
  const city = timezone.split('/').at(-1)?.toLowerCase() ?? ''
  const sameCity = all.find((zone) => zone.toLowerCase().endsWith(`/${city}`))
  const finding = unknownName('unknown-timezone', path, timezone, near, message)
  return { ...finding, suggestion: sameCity ?? finding.suggestion }
}

/** A task of another plan may not be loaded here, so only those of this plan are looked up. */
function checkOutcome(
  at: Path,
  schedule: Readonly<Record<string, unknown>>,
  tasks: ReadonlySet<string>,
  plan: string,
): readonly Finding[] {
  const task = ownValue(ownValue(schedule, 'after'), 'task')
  if (typeof task !== 'string') return []
  const name = task.startsWith(`${plan}/`) ? task.slice(plan.length + 1) : task
  if (tasks.has(name)) return []
  if (task.includes('/') && name === task) return []
  return [unknownTask([...at, 'after', 'task'], name, tasks)]
}

function checkFiles(at: Path, schedule: Readonly<Record<string, unknown>>): readonly Finding[] {
  const files = ownValue(schedule, 'files')
  if (!Array.isArray(files)) return []
  return files.flatMap((file: unknown, index): Finding[] => {
    if (typeof file !== 'string' || !leavesFolder(file)) return []
    const message = `${quote(file)} leaves the folder of the plan`
    return [{ rule: 'path-outside', path: [...at, 'files', index], message }]
  })
}

function checkPeriod(at: Path, schedule: Readonly<Record<string, unknown>>): readonly Finding[] {
  const start = Date.parse(String(ownValue(schedule, 'start')))
  const end = Date.parse(String(ownValue(schedule, 'end')))
  if (!(end <= start)) return []
  const message = 'a schedule that ends before it starts never fires'
  return [{ rule: 'schedule-period', path: [...at, 'end'], message }]
}
