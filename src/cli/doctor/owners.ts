import { hostname } from 'node:os'
import { isDead } from '../../runtime/owner.ts'
import { type Finding, ok, warning } from './finding.ts'

/**
 * Who holds work in the database, by the owners of its leases: `host/pid/…`. `isShared`: by other
 * machines, as it is meant to be.
 */
export function checkOwners(owners: readonly string[], isShared: boolean): readonly Finding[] {
  if (owners.length === 0) return [ok('work', 'nobody holds any')]
  return owners.map((owner) => checkOwner(owner, isShared))
}

function checkOwner(owner: string, isShared: boolean): Finding {
  const [host, pid] = owner.split('/')
  if (isDead(owner)) {
    const message = `process ${pid} holds work and has ended`
    const fix = 'start a runtime on this database (setpoint serve, or run): it takes the work up'
    return warning('work', message, fix)
  }
  if (host === hostname()) return ok('work', `process ${pid} is at it`)
  if (isShared) return ok('work', `${host}, process ${pid}, holds work`)
  const message = `${host}, process ${pid}, holds work: nobody can see from here whether it lives`
  const fix =
    'if it does not, a runtime takes the work up when the lease ends; one SQLite file is for one machine'
  return warning('work', message, fix)
}
