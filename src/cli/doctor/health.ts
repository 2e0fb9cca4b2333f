import type { Stats } from '../../runtime/operations/stats.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

const FIXES: Readonly<Record<string, string>> = {
  stalled:
    'start a runtime (setpoint serve), or see what holds it up with `setpoint tasks explain ID`',
  'old-work': 'see what holds it up: `setpoint queue list NAME`, then `setpoint tasks explain ID`',
  'lease-expiries':
    'processes die or their event loop is blocked: run heavy work in mode cpu or sync',
  failures: 'see why with `setpoint dlq ls`',
  'broker-down':
    'see that the broker runs and can be reached: it is used again as soon as it is back',
  'nearly-full': 'serve the queue faster, or raise queues.NAME.maxSize',
}

/** What the statistics say of the queues. */
export function checkHealth({
  health,
  queues,
}: Pick<Stats, 'health' | 'queues'>): readonly Finding[] {
  if (health.reasons.length === 0) {
    const waiting = queues.reduce((sum, { depth }) => sum + depth, 0)
    return [ok('queues', waiting === 0 ? 'nothing waits' : `healthy, ${waiting} wait`)]
  }
  return health.reasons.map(({ status, code, queue, message }) => {
    const level = status === 'stalled' ? problem : warning
    const fix = FIXES[code] ?? 'see setpoint stats'
    if (queue === undefined) return level('brokers', message, fix)
    return level('queues', `${queue}: ${message}`, fix)
  })
}
