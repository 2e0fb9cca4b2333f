import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'

/** Names this runtime as a holder of leases: host, process and a random part, `host/pid/3f9c…`. */
export function createOwner(): string {
  return `${hostname()}/${process.pid}/${randomBytes(4).toString('hex')}`
}

/**
 * Whether the owner is certainly dead: a process of this host that no longer exists. A process on
 * another host, or one whose id was given to a new process, is left to the end of its lease.
 */
export function isDead(owner: string): boolean {
  const [host, pid] = owner.split('/')
  if (host !== hostname() || pid === undefined) return false
  const id = Number(pid)
  return Number.isInteger(id) && id > 0 && id !== process.pid && !exists(id)
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
