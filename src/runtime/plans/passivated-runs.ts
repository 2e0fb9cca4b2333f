import { isFinal } from '../../core/status.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { Plan } from '../../plan/model.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { Versions } from './versions.ts'

/** Holds the version that a run began with. */
interface PassivatedRun {
  readonly plan: Plan
  /** The run goes on here only in the delivery after this one; else somebody else has had it. */
  readonly deliveries: number
}

export interface PassivatedRunsServices {
  readonly versions: Versions
  /** This process, as leases name it. */
  readonly owner: string
  readonly store: Pick<Store, 'getMany'>
  readonly clock: Clock
}

/** Milliseconds between two looks at what other processes have made of the runs. */
const LOOK_EVERY = 60_000

/** Runs that sleep and were begun in this process: each goes on with the version it began with. */
export class PassivatedRuns {
  readonly #services: PassivatedRunsServices
  readonly #runs = new Map<string, PassivatedRun>()
  #lookAt = 0

  constructor(services: PassivatedRunsServices) {
    this.#services = services
  }

  /** The version with which a claimed record goes on; undefined: it begins with the current one. */
  versionOf({ id, deliveries }: Tasklet): Plan | undefined {
    const run = this.#runs.get(id)
    return run?.deliveries === deliveries - 1 ? run.plan : undefined
  }

  has(id: string): boolean {
    return this.#runs.has(id)
  }

  /** The delivery of this record, with this version, is not the last one of its attempt. */
  keep({ id, deliveries }: Tasklet, plan: Plan): void {
    const before = this.#runs.get(id)
    const run = { plan, deliveries }
    this.#services.versions.hold(plan, run)
    this.#runs.set(id, run)
    if (before !== undefined) this.#services.versions.letGo(before.plan, before)
  }

  drop(id: string): void {
    const run = this.#runs.get(id)
    if (run === undefined) return
    this.#runs.delete(id)
    this.#services.versions.letGo(run.plan, run)
  }

  /** The record, which does not run here, stands so now. */
  settled({ id, status }: Tasklet): void {
    if (this.#runs.size > 0 && isFinal(status)) this.drop(id)
  }

  /** Lets go of versions whose runs other processes have gone on with, or ended. */
  async refresh(): Promise<void> {
    const { store, clock, versions, owner } = this.#services
    if (clock.now() < this.#lookAt) return
    const before = [...this.#runs].filter(([, { plan }]) => !versions.isCurrent(plan))
    if (before.length === 0) return
    this.#lookAt = clock.now() + LOOK_EVERY
    const found = await store.getMany(before.map(([id]) => id))
    const records = new Map(found.map((record) => [record.id, record]))
    for (const [id, run] of before) {
      if (this.#runs.get(id) === run && isLost(run, records.get(id), owner)) this.drop(id)
    }
  }
}

/** It is over, or goes on in another process. */
function isLost(run: PassivatedRun, record: Tasklet | undefined, owner: string): boolean {
  if (record === undefined || isFinal(record.status)) return true
  return record.deliveries > run.deliveries && record.lease?.owner !== owner
}
