import type { Store } from '../../ports/store.ts'
import { systemClock } from '../../runtime/clock.ts'
import { toHealthThresholds } from '../../runtime/operations/health.ts'
import { readStats } from '../../runtime/operations/stats.ts'
import { type Finding, problem } from './finding.ts'
import { checkHealth } from './health.ts'
import { checkOwners } from './owners.ts'

/** What stands in an open database. `isShared`: by other machines, as it is meant to be. */
export async function checkContent(store: Store, isShared: boolean): Promise<readonly Finding[]> {
  const thresholds = toHealthThresholds()
  const services = { thresholds, queueNames: [], maxSize: () => undefined }
  const stats = await readStats({ ...services, store, clock: systemClock })
  const owners = checkOwners(await store.owners(), isShared)
  return [...owners, ...(await checkFuture(store)), ...checkHealth(stats)]
}

/** Ids and records are made a little ahead of the clock at most. */
const TOLERANCE = 5000

/** Work from the future means that a clock has gone back. */
async function checkFuture(store: Store): Promise<readonly Finding[]> {
  const { items } = await store.list({ limit: 1 })
  const ahead = Math.max(...items.map(({ createdAt }) => createdAt)) - systemClock.now()
  if (!(ahead > TOLERANCE)) return []
  const message = `the newest tasklet was made ${Math.round(ahead / 1000)} s in the future`
  const fix = 'a clock was wrong or is: compare this one with `date -u` elsewhere, and use NTP'
  return [problem('clock', message, fix)]
}
