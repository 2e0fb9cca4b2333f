import type { RuntimeEvent } from '../../core/events.ts'
import type { Status } from '../../core/status.ts'
import { fullTaskName, type Tasklet } from '../../core/tasklet.ts'
import type { Schedule, Trigger } from '../../plan/model.ts'
import type { Firing } from './firing.ts'
import { definitionOf } from './memory.ts'
import type { ScheduleServices } from './services.ts'

/**
 * Clocks of processes may differ by this, in milliseconds, and a settlement may become visible this
 * long after its time. What is seen twice makes one record.
 */
const MARGIN = 5000
/** Milliseconds from one note of how far outcomes have been seen to to the next, at least. */
const NOTE = 60_000
/** Records in one page. */
const PAGE = 500
/** Ids that are remembered, so that what was seen is not taken up again. */
const MOST_SEEN = 10_000

export type OutcomeTrigger = Extract<Trigger, { kind: 'outcome' }>

/**
 * The outcomes that a schedule waits for, as the store has them: also those that came while no
 * process listened, and those of other processes.
 */
export class Outcomes {
  readonly #trigger: OutcomeTrigger
  readonly #schedule: Schedule
  readonly #firing: Firing
  readonly #services: ScheduleServices
  readonly #seen = new Set<string>()
  /** When the store was last asked, and all before was found. */
  #lookedAt: number | undefined
  #isNew = false

  constructor(trigger: OutcomeTrigger, firing: Firing, services: ScheduleServices) {
    this.#trigger = trigger
    this.#schedule = firing.schedule
    this.#firing = firing
    this.#services = services
  }

  /** Something was seen since it was last noted how far. */
  get isNew(): boolean {
    return this.#isNew
  }

  /** Whether the event tells of such an outcome that was not seen before. */
  takes(event: RuntimeEvent): boolean {
    const { tasklet } = (event.data ?? {}) as { readonly tasklet?: Tasklet }
    return tasklet !== undefined && this.#takes(tasklet)
  }

  /** Outcomes that were not seen before, oldest first. `isIdle`: all that were seen are answered. */
  async look(isIdle: boolean): Promise<readonly RuntimeEvent[]> {
    const now = this.#services.clock.now()
    await this.#firing.recall()
    if (!this.#firing.isEnabled) return []
    const definition = definitionOf(this.#schedule)
    const { lastInstant, since = 0 } = this.#firing.memory
    if (this.#firing.memory.definition !== definition || lastInstant === undefined) {
      // A new schedule, and one that was changed, make up for nothing.
      await this.#firing.change((memory) => {
        return { ...memory, definition, lastInstant: now, since: now, next: undefined }
      })
      this.#lookedAt = now
      return []
    }
    if (isIdle) await this.#note(lastInstant)
    const found = await this.#list(Math.max(since, Math.min(lastInstant, now) - MARGIN))
    this.#lookedAt = now
    return found.map((tasklet) =>
      this.#services.bus.toEvent(`tasklet.${tasklet.status}`, { tasklet }, tasklet.settledAt),
    )
  }

  /** Seldom: other processes are told of each note, and look as well. */
  async #note(lastInstant: number): Promise<void> {
    const lookedAt = this.#lookedAt
    if (!this.#isNew || lookedAt === undefined || lookedAt - lastInstant < NOTE) return
    this.#isNew = false
    await this.#firing.change((memory) => {
      return { ...memory, lastInstant: Math.max(lookedAt, memory.lastInstant ?? lookedAt) }
    })
  }

  async #list(settledSince: number): Promise<readonly Tasklet[]> {
    const { task, statuses: status } = this.#trigger
    const slash = task.indexOf('/')
    const filter = { plan: task.slice(0, slash), task: task.slice(slash + 1), status, settledSince }
    const found: Tasklet[] = []
    let cursor: string | undefined
    do {
      const page = await this.#services.store.list({ ...filter, limit: PAGE, cursor })
      found.push(...page.items.filter((tasklet) => this.#takes(tasklet)))
      cursor = page.cursor
    } while (cursor !== undefined)
    return found.toSorted((one, other) => (one.settledAt ?? 0) - (other.settledAt ?? 0))
  }

  #takes(tasklet: Tasklet): boolean {
    const { task, statuses } = this.#trigger
    if (fullTaskName(tasklet) !== task || !statuses.includes(tasklet.status as Status)) return false
    if (this.#seen.has(tasklet.id)) return false
    this.#seen.add(tasklet.id)
    this.#isNew = true
    for (const id of this.#seen) {
      if (this.#seen.size <= MOST_SEEN) break
      this.#seen.delete(id)
    }
    return true
  }
}
