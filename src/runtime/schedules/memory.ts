import type { Schedule } from '../../plan/model.ts'
import { hashValue } from '../../plan/version.ts'
import type { Store } from '../../ports/store.ts'
import type { Fact } from '../../ports/store-messages.ts'
import { writeFact } from '../worlds/fact-writer.ts'
import { fullScheduleName } from './names.ts'

/** What outlives the process of a schedule; times are milliseconds since the epoch. */
export interface ScheduleMemory {
  /** Undefined: nobody has switched it, so its plan says. */
  readonly enabled?: boolean | undefined
  /** Which form of the schedule this is about: another one makes up for nothing. */
  readonly definition?: string | undefined
  /** Every instant up to this one has been seen to; of outcomes: every one up to this time. */
  readonly lastInstant?: number | undefined
  /** Nothing that came to be before this time is made up for. */
  readonly since?: number | undefined
  /** The first instant after it. */
  readonly next?: number | undefined
  /** When it last fired: its instant, or the time of its event. */
  readonly firedAt?: number | undefined
  /** The tasklet that came of that. */
  readonly tasklet?: string | undefined
}

type FactStore = Pick<Store, 'fact' | 'writeFact'>

export const SCHEDULE_FACT = 'schedule'

/** Keeps the memory of one schedule in the store. */
export class ScheduleFact {
  readonly #store: FactStore
  readonly #key: string
  /** Of the fact as it was last read or written here. */
  #version = 0

  constructor(schedule: Pick<Schedule, 'plan' | 'name'>, store: FactStore) {
    this.#store = store
    this.#key = fullScheduleName(schedule)
  }

  async read(): Promise<ScheduleMemory> {
    const fact = await this.#store.fact(SCHEDULE_FACT, this.#key)
    this.#version = Math.max(this.#version, fact?.version ?? 0)
    return toMemory(fact?.value)
  }

  /** False for what is older than what was read or written here. */
  isNews({ version }: Pick<Fact, 'version'>): boolean {
    const isNews = version >= this.#version
    if (isNews) this.#version = version
    return isNews
  }

  /** Another process may write in between: then what it wrote is changed. */
  async change(change: (memory: ScheduleMemory) => ScheduleMemory): Promise<ScheduleMemory> {
    const name = { kind: SCHEDULE_FACT, key: this.#key }
    const known = await this.#store.fact(name.kind, name.key)
    let memory = change(toMemory(known?.value))
    const fact = { ...name, version: known?.version ?? 0 }
    const { version } = await writeFact(this.#store, fact, {
      value: () => memory,
      met(theirs) {
        memory = change(toMemory(theirs.value))
        return 'ours'
      },
    })
    this.#version = Math.max(this.#version, version)
    return memory
  }
}

export function toMemory(value: unknown): ScheduleMemory {
  return typeof value === 'object' && value !== null ? value : {}
}

/** Whether a schedule is on: as somebody has switched it, or else as its plan says. */
export function isEnabled(schedule: Pick<Schedule, 'enabled'>, memory: ScheduleMemory): boolean {
  return memory.enabled ?? schedule.enabled
}

/** Changes with everything that says when a schedule of time fires. */
export function definitionOf({ task, trigger, start, end, enabled }: Schedule): string {
  return hashValue({ task, trigger, start, end, enabled })
}

/** The memory of a schedule that is switched; what passed while it was off is not made up for. */
export function switched(
  schedule: Schedule,
  memory: ScheduleMemory,
  enabled: boolean,
  now: number,
): ScheduleMemory {
  const comesBack = enabled && !isEnabled(schedule, memory)
  return { ...memory, enabled, ...(comesBack && { lastInstant: now, since: now, next: undefined }) }
}
