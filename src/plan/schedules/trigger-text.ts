import { formatDuration } from '../../core/duration.ts'
import type { Trigger } from '../model.ts'

/** What makes a schedule fire, in a few words. */
export function describeTrigger(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'cron':
      return `cron ${trigger.cron} ${trigger.timezone}`
    case 'every':
      return `every ${formatDuration(trigger.every)}`
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
