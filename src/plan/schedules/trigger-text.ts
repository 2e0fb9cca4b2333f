import type { Trigger } from '../model.ts'

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

/** What makes a schedule fire, in a few words. */
export function describeTrigger(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'cron':
      return `cron ${trigger.cron} ${trigger.timezone}`
    case 'every':
      return `every ${intervalText(trigger.every)}`
    case 'event':
      return `on ${trigger.pattern}${trigger.where === undefined ? '' : ` where ${trigger.where.text}`}`
    case 'outcome':
      return `after ${trigger.task} ${trigger.statuses.join(' or ')}`
    case 'files':
      return `files ${trigger.paths.join(', ')}`
    case 'manual':
      return 'manual'
  }
}

/** As it would be written in a plan: in the largest unit of which it is a whole number. */
function intervalText(ms: number): string {
  const [unit, length] = UNITS.find(([, size]) => ms % size === 0) ?? ['ms', 1]
  return `${ms / length}${unit}`
}
