import type { Interrupt } from '../../plan/model.ts'
import type { Delivery } from '../deliveries/delivery.ts'
import type { Pauses } from './pauses.ts'
import { fullRuleName, type InterruptServices } from './services.ts'

/** Whether a rule that stops work of the scope also stops this. */
export function isVictim({ plan, victims }: Interrupt, { tasklet }: Delivery): boolean {
  const { tasks, tags } = victims
  if (tasks.length === 0 && tags.length === 0) return true
  const isNamed = tasklet.plan === plan && tasks.includes(tasklet.task)
  return isNamed || tags.some((tag) => tasklet.tags.includes(tag))
}

type VictimServices = Pick<InterruptServices, 'bus' | 'stop' | 'cancel' | 'stillHolds' | 'report'>

/** The running work that one interrupt has met. */
export class VictimGroup {
  readonly #rule: Interrupt
  readonly #services: VictimServices
  readonly #pauses: Pauses
  #paused: readonly Delivery[] = []

  constructor(rule: Interrupt, services: VictimServices, pauses: Pauses) {
    this.#rule = rule
    this.#services = services
    this.#pauses = pauses
  }

  /** Tells them to stop, or to pause; resolves when all have ended or stand still. */
  async clear(victims: readonly Delivery[]): Promise<void> {
    if (this.#rule.victims.policy === 'pause') this.#paused = [...victims]
    await Promise.all(victims.map((victim) => this.#tell(victim)))
    await this.#untilCleared(victims)
  }

  /** Paused work goes on, or back to its queue where the world has changed under it. */
  async resume(): Promise<void> {
    const { stillHolds, report } = this.#services
    await Promise.all(
      this.#take().map(async (victim) => {
        const holds = await stillHolds(victim).catch((error: unknown) => {
          report(error)
          return false
        })
        if (!holds) this.#sendBack(victim, 'left the world in another state')
        this.#pauses.resume(victim)
      }),
    )
  }

  /** Nobody is there any more to look at the world: what is paused goes on as it is. */
  letGo(): void {
    for (const victim of this.#take()) this.#pauses.resume(victim)
  }

  #take(): readonly Delivery[] {
    const paused = this.#paused
    this.#paused = []
    return paused
  }

  async #tell(victim: Delivery): Promise<void> {
    const { policy } = this.#rule.victims
    if (policy === 'pause') this.#pauses.pause(victim)
    else if (policy === 'requeue') this.#sendBack(victim, 'took its place')
    else {
      const { stop, cancel } = this.#services
      const message = `interrupt "${fullRuleName(this.#rule)}" cancelled it`
      const { id } = victim.tasklet
      stop(id, { kind: 'cancelled', message })
      await cancel(id, message)
    }
  }

  #sendBack({ tasklet }: Delivery, what: string): void {
    const message = `interrupt "${fullRuleName(this.#rule)}" ${what}`
    this.#services.stop(tasklet.id, { kind: 'interrupted', message })
  }

  /** Their grants are given back before their ends are told. */
  #untilCleared(victims: readonly Delivery[]): Promise<void> {
    const { bus } = this.#services
    const inTheWay = new Set(victims)
    return new Promise((resolve) => {
      const look = () => {
        for (const victim of inTheWay) if (!victim.granted) inTheWay.delete(victim)
        if (inTheWay.size > 0) return
        for (const leave of listening.splice(0)) leave()
        resolve()
      }
      const listening = [bus.on('tasklet.*', look), bus.on('lease.lost', look)]
      for (const victim of this.#paused) {
        victim.onPaused(() => {
          inTheWay.delete(victim)
          look()
        })
      }
      look()
    })
  }
}
