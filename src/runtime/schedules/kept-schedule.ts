import type { Schedule } from '../../plan/model.ts'
import type { Fact } from '../../ports/store-messages.ts'
import { Firing } from './firing.ts'
import { type ScheduleMemory, switched } from './memory.ts'
import type { ScheduleServices } from './services.ts'

/** What a schedule of any kind is: it fires, can be switched, and is remembered in the store. */
export abstract class KeptSchedule {
  readonly schedule: Schedule
  protected readonly services: ScheduleServices
  protected readonly firing: Firing

  constructor(schedule: Schedule, services: ScheduleServices) {
    this.schedule = schedule
    this.services = services
    this.firing = new Firing(schedule, services)
  }

  get memory(): ScheduleMemory {
    return this.firing.memory
  }

  get isEnabled(): boolean {
    return this.firing.isEnabled
  }

  async setEnabled(enabled: boolean): Promise<void> {
    const now = this.services.clock.now()
    await this.firing.change((memory) => switched(this.schedule, memory, enabled, now))
  }

  /** Another process has written what it knows. */
  learn(fact: Pick<Fact, 'value' | 'version'>): void {
    this.firing.learn(fact)
  }

  /** Switched off it stays off, also until the store is asked. */
  inheritMemory(memory: ScheduleMemory): void {
    this.firing.memory = memory
  }
}
