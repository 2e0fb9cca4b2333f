import type { Hold } from '../../ports/holds.ts'
import type { Delivery } from '../deliveries/delivery.ts'

/** Who is in the way: a delivery of this process, or what another process holds. */
export type Blocker = Delivery | Hold

export function idOf(blocker: Blocker): string {
  return isHere(blocker) ? blocker.tasklet.id : blocker.id
}

/** When a time limit ends the work, or the lease that would have to be renewed until then. */
export function endOf(blocker: Blocker): number | undefined {
  return isHere(blocker) ? blocker.deadline?.at : blocker.until
}

/** The id, and for one of another process also where it runs and until when its lease lasts. */
export function nameOf(blocker: Blocker): string {
  if (isHere(blocker)) return blocker.tasklet.id
  const { id, owner, until } = blocker
  return `${id} (on ${hostOf(owner)}, leased until ${new Date(until).toISOString()})`
}

function isHere(blocker: Blocker): blocker is Delivery {
  return 'tasklet' in blocker
}

/** Owners are named `host/pid/random`, and consumers that pull as they like. */
function hostOf(owner: string): string {
  const [host, pid, random] = owner.split('/')
  return random === undefined ? owner : `host ${host}, process ${pid}`
}
