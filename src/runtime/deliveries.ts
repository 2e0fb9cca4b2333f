import { type AnyActorRef, createActor } from 'xstate'
import { taskletMachine } from '../../machines/tasklet.ts'
import type { Phase, SettledStatus } from '../core/status.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { LeaseRef } from '../ports/store.ts'
import { Delivery, type StopReason, type TaskletActor } from './delivery.ts'
import { memoise } from './memoise.ts'
import type { OwnChildren } from './own-children.ts'
import type { Registry } from './registry.ts'
import type { Stages } from './stages.ts'

const CLAIMED = { type: 'tasklet.claimed' } as const

const SETTLED = {
  completed: { type: 'tasklet.completed' },
  failed: { type: 'tasklet.failed' },
  cancelled: { type: 'tasklet.cancelled' },
  retrying: { type: 'tasklet.retried' },
  pending: { type: 'tasklet.returned' },
} as const satisfies Record<SettledStatus, object>

/** The tasklets that this process has claimed, from claim to settlement, and their actors. */
export class Deliveries implements OwnChildren {
  readonly #live = new Map<string, Delivery>()
  readonly #registry: Registry
  readonly #stages: Stages
  readonly #logic: typeof taskletMachine
  #onIdle: (() => void) | undefined

  constructor(registry: Registry, stages: Stages) {
    this.#registry = registry
    this.#stages = stages
    this.#logic = memoise(
      taskletMachine.provide({
        actions: {
          acquire: ({ self }) => stages.acquire(this.#of(self)),
          prepare: ({ self }) => stages.prepare(this.#of(self)),
          execute: ({ self }) => stages.execute(this.#of(self)),
          settle: ({ self }) => stages.settle(this.#of(self)),
        },
      }),
    )
  }

  get size(): number {
    return this.#live.size
  }

  has(id: string): boolean {
    return this.#live.has(id)
  }

  get(id: string): Delivery | undefined {
    return this.#live.get(id)
  }

  /** Gives each claimed tasklet an actor, a child of `parent`, and sets it going. */
  adopt(tasklets: readonly Tasklet[], parent: AnyActorRef): void {
    for (const tasklet of tasklets) this.#create(tasklet, parent).actor?.send(CLAIMED)
  }

  /** Puts claimed tasklets back without running them. */
  giveBack(tasklets: readonly Tasklet[], parent: AnyActorRef): void {
    for (const tasklet of tasklets) {
      const delivery = this.#create(tasklet, parent)
      delivery.stop({ kind: 'returned', message: 'the runtime is stopping' })
      delivery.actor?.send(CLAIMED)
    }
  }

  /** What the tasklet is doing, if it runs in this process. */
  phaseOf(id: string): Phase | undefined {
    const value = this.#live.get(id)?.actor?.getSnapshot().value
    return typeof value === 'object' ? value.running : undefined
  }

  stopAll(reason: StopReason): void {
    for (const delivery of [...this.#live.values()]) this.#stages.stop(delivery, reason)
  }

  /** The delivery is over and written down (or taken over by someone else): its actor ends. */
  end(delivery: Delivery, status: SettledStatus): void {
    delivery.actor?.send(SETTLED[status])
    this.#live.delete(delivery.tasklet.id)
    if (this.#live.size > 0 || this.#onIdle === undefined) return
    const idle = this.#onIdle
    this.#onIdle = undefined
    idle()
  }

  crashed(id: string, error: unknown): void {
    const delivery = this.#live.get(id)
    if (delivery === undefined) return
    this.#stages.crashed(delivery, error)
    // The actor is dead and cannot ask for its settlement any more.
    this.#stages.settle(delivery)
  }

  leases(): readonly LeaseRef[] {
    const refs: LeaseRef[] = []
    for (const { tasklet } of this.#live.values()) {
      if (tasklet.lease !== undefined) refs.push({ id: tasklet.id, token: tasklet.lease.token })
    }
    return refs
  }

  /** Calls once, as soon as nothing is left. */
  whenIdle(fn: () => void): void {
    if (this.#live.size === 0) fn()
    else this.#onIdle = fn
  }

  #create(tasklet: Tasklet, parent: AnyActorRef): Delivery {
    const delivery = new Delivery(tasklet, this.#registry.task(tasklet.plan, tasklet.task))
    this.#live.set(tasklet.id, delivery)
    // The options' type leaves `parent` out because spawning is the usual way; the actor takes it.
    const options = { id: tasklet.id, parent } as { id: string }
    delivery.actor = createActor(this.#logic, options) as TaskletActor
    delivery.actor.start()
    return delivery
  }

  #of(actor: AnyActorRef): Delivery {
    const delivery = this.#live.get(actor.id)
    if (delivery === undefined) throw new TypeError(`no delivery belongs to actor ${actor.id}`)
    return delivery
  }
}
