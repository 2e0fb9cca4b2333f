import type { Settings } from '../options/options.ts'
import type { Reports } from '../reports.ts'
import { type ClaimServices, Claims } from './claims.ts'
import type { LastDeliveries } from './last-deliveries.ts'

export interface ClaimParts
  extends Pick<
    ClaimServices,
    'store' | 'clock' | 'owner' | 'grants' | 'registry' | 'source' | 'claimed'
  > {
  readonly settings: Settings
  readonly lastDeliveries: LastDeliveries
  readonly reports: Reports
}

/** What queues claim with, by the settings of the process. */
export function createClaims(parts: ClaimParts): Claims {
  const { store, clock, owner, grants, registry, source, claimed } = parts
  const { lease, reserveAfter, queues } = parts.settings
  return new Claims({
    store,
    clock,
    owner,
    lease,
    lastDelivery: parts.lastDeliveries.after,
    reserveAfter,
    grants,
    registry,
    queues,
    source,
    claimed,
    failed: (error) => parts.reports.storeFailed('claim', error),
  })
}
