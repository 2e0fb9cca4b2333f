import { availableParallelism } from 'node:os'
import { packageVersion } from '../package.ts'
import { type Finding, ok, problem } from './finding.ts'

/** Node's first release that everything here runs on; bin.ts refuses older ones before this is read. */
const NEEDED = 24

/** `version`: of Node, without the v. */
export function checkNode(version: string): Finding {
  const { platform, arch } = process
  const cores = availableParallelism()
  const where = `${platform} ${arch}, ${cores === 1 ? '1 core' : `${cores} cores`}`
  const message = `${packageVersion()} on Node ${version}, ${where}`
  if (Number.parseInt(version, 10) >= NEEDED) return ok('setpoint', message)
  return problem('setpoint', message, `install Node ${NEEDED} or newer from https://nodejs.org`)
}

/** Before this Setpoint was written. */
const EARLIEST = Date.UTC(2026, 0, 1)

/** `now`: milliseconds since the epoch. */
export function checkClock(now: number): Finding {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  const message = `${new Date(now).toISOString()}, time zone ${timeZone}`
  if (now >= EARLIEST) return ok('clock', message)
  const fix = 'set the clock of this machine: schedules, delays and leases go by it'
  return problem('clock', `${message}, which is before this Setpoint was made`, fix)
}
