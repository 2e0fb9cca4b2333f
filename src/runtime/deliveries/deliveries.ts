import { type AnyActorRef, createActor } from 'xstate'
import { taskletMachine } from '../../../machines/tasklet.ts'
import { isFinal, type Phase, type SettledStatus } from '../../core/status.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { Plan } from '../../plan/model.ts'
import type { LeaseRef, Renewal } from '../../ports/store-messages.ts'
import type { PassivatedRuns } from '../plans/passivated-runs.ts'
import type { Versions } from '../plans/versions.ts'
import { bind } from './bindings.ts'
import { Delivery, type StopReason, type TaskletActor } from './delivery.ts'
import type { DeliveryTrace } from './delivery-trace.ts'
import { memoise } from './memoise.ts'
import type { OwnChildren } from './own-children.ts'
import type { Stages } from './stages.ts'

const CLAIMED = { type: 'tasklet.claimed' } as const

const SETTLED = {
  completed: { type: 'tasklet.completed' },
  failed: { type: 'tasklet.failed' },
  cancelled: { type: 'tasklet.cancelled' },
  retrying: { type: 'tasklet.retried' },
  pending: { type: 'tasklet.returned' },
  scheduled: { type: 'tasklet.passivated' },
} as const satisfies Record<SettledStatus, object>

export interface DeliveriesServices {
  readonly versions: Versions
  readonly passivated: PassivatedRuns
  readonly stages: Stages
  /** Begins the spans of a delivery; undefined while nobody records any. */
  trace?(tasklet: Tasklet): DeliveryTrace | undefined
  /** Lets go of an actor whose delivery is over although its tasklet's life is not. */
  released(actor: TaskletActor): void
}

/** The tasklets that this process has claimed, from claim to settlement, and their actors. */
export class Deliveries implements OwnChildren {
  readonly #live = new Map<string, Delivery>()
  /** Still working although the lease was lost and the same tasklet has come back under a new one. */
  readonly #superseded = new Set<Delivery>()
  /** Wishes to stop what is claimed and not adopted yet. */
  readonly #early = new Map<string, StopReason>()
  readonly #versions: Versions
  readonly #passivated: PassivatedRuns
  readonly #stages: Stages
  readonly #logic: typeof taskletMachine
  readonly #released: (actor: TaskletActor) => void
  readonly #trace: DeliveriesServices['trace']
  #onIdle: (() => void) | undefined

  constructor({ versions, passivated, stages, released, trace }: DeliveriesServices) {
    this.#trace = trace
    this.#released = released
    this.#versions = versions
    this.#passivated = passivated
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

  get #size(): number {
    return this.#live.size + this.#superseded.size
  }

  has(id: string): boolean {
    return this.#live.has(id) || this.#lost(id) !== undefined
  }

  get(id: string): Delivery | undefined {
    return this.#live.get(id)
  }

  /** It is not over. */
  isLive(delivery: Delivery): boolean {
    return this.#live.get(delivery.tasklet.id) === delivery || this.#superseded.has(delivery)
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

  /** False: the tasklet does not run here. */
  stop(id: string, reason: StopReason): boolean {
    const delivery = this.#live.get(id)
    if (delivery !== undefined) this.#stages.stop(delivery, reason)
    return delivery !== undefined
  }

  /** For a tasklet that this process has claimed and not adopted yet. */
  stopWhenAdopted(id: string, reason: StopReason): void {
    if (!this.stop(id, reason)) this.#early.set(id, reason)
  }

  stopAll(reason: StopReason): void {
    for (const delivery of this.#all()) this.#stages.stop(delivery, reason)
  }

  /** Moves the actors of a parent that has crashed below the one that takes its place. */
  takeOver(parent: AnyActorRef): void {
    for (const delivery of this.#all()) {
      const { actor } = delivery
      if (actor?.getSnapshot().status !== 'active') continue
      const snapshot = actor.getPersistedSnapshot()
      delivery.actor = this.#createActor({ id: actor.id, parent, snapshot })
    }
  }

  /** The delivery is over and written down (or taken over by someone else): its actor ends. */
  end(delivery: Delivery, status: SettledStatus): void {
    const { actor, tasklet } = delivery
    actor?.send(SETTLED[status])
    delivery.trace?.end(status, delivery.outcome?.error)
    // Before whoever waits for the last one to end may end the parent.
    if (actor !== undefined && !isFinal(status)) {
      this.#released(actor)
    }
    if (!this.#superseded.delete(delivery)) {
      this.#live.delete(tasklet.id)
      this.#keepVersion(delivery, status)
    }
    if (delivery.plan !== undefined) this.#versions.letGo(delivery.plan, delivery)
    if (this.#size > 0 || this.#onIdle === undefined) return
    const idle = this.#onIdle
    this.#onIdle = undefined
    idle()
  }

  crashed(id: string, error: unknown): void {
    const lost = this.#lost(id)
    const delivery = lost?.actor?.getSnapshot().status === 'error' ? lost : this.#live.get(id)
    if (delivery === undefined) return
    this.#stages.crashed(delivery, error)
    // The actor is dead and cannot ask for its settlement any more.
    this.#stages.settle(delivery)
  }

  /** Those that this process holds, as far as it knows. */
  leases(): readonly LeaseRef[] {
    const refs: LeaseRef[] = []
    for (const delivery of this.#live.values()) {
      const { id, lease } = delivery.tasklet
      const deadline = this.#stages.deadlineOf(delivery)
      if (lease !== undefined) refs.push({ id, token: lease.token, deadline })
    }
    return refs
  }

  /**
   * The store was asked to renew the leases, and said which were lost and which are to be stopped.
   * What has ended meanwhile may have come back under another token, which that does not concern.
   */
  renewed({ lost, cancelled }: Renewal, leases: readonly LeaseRef[]): void {
    const tokens = new Map(leases.map(({ id, token }) => [id, token]))
    const stop = (id: string, reason: StopReason) => {
      if (this.#live.get(id)?.tasklet.lease?.token === tokens.get(id)) this.stop(id, reason)
    }
    for (const id of lost) stop(id, { kind: 'lease-lost', message: 'the lease was lost' })
    for (const { id, reason } of cancelled) stop(id, { kind: 'cancelled', message: reason })
  }

  /** There is another version of the plan: what has not started yet starts with that one. */
  rebind(plan: string): void {
    for (const delivery of this.#live.values()) {
      const { record, plan: old, granted, outcome, stopping } = delivery
      if (record.plan !== plan || granted || outcome !== undefined || stopping !== undefined)
        continue
      const next = this.#versionFor(record)
      if (next === undefined || next === old) continue
      delivery.bind(bind(record, next))
      this.#versions.hold(next, delivery)
      if (old !== undefined) this.#versions.letGo(old, delivery)
    }
  }

  /** Calls once, as soon as nothing is left. */
  whenIdle(fn: () => void): void {
    if (this.#size === 0) fn()
    else this.#onIdle = fn
  }

  #create(tasklet: Tasklet, parent: AnyActorRef): Delivery {
    const { id } = tasklet
    const delivery = this.#createDelivery(tasklet)
    delivery.trace = this.#trace?.(tasklet)
    const lost = this.#live.get(id)
    if (lost !== undefined) this.#supersede(lost)
    this.#live.set(id, delivery)
    delivery.actor = this.#createActor({ id, parent })
    const early = this.#early.get(id)
    if (early !== undefined) {
      this.#early.delete(id)
      delivery.stop(early)
    }
    return delivery
  }

  #createDelivery(record: Tasklet): Delivery {
    const binding = bind(record, this.#versionFor(record))
    const delivery = new Delivery(record, binding.task, binding)
    if (binding.plan !== undefined) this.#versions.hold(binding.plan, delivery)
    return delivery
  }

  #versionFor(record: Tasklet): Plan | undefined {
    return this.#passivated.versionOf(record) ?? this.#versions.versionFor(record)
  }

  /** An attempt that sleeps goes on with its version, even if an interrupt comes after it woke. */
  #keepVersion({ record, plan, outcome }: Delivery, status: SettledStatus): void {
    const isSentBack = status === 'pending' && outcome?.interrupted === true
    const goesOn = status === 'scheduled' || (isSentBack && this.#passivated.has(record.id))
    if (goesOn && plan !== undefined) this.#passivated.keep(record, plan)
    else this.#passivated.drop(record.id)
  }

  #createActor(given: { id: string; parent: AnyActorRef; snapshot?: unknown }): TaskletActor {
    // The options' type leaves `parent` out because spawning is the usual way; the actor takes it.
    const actor = createActor(this.#logic, given as { id: string }) as TaskletActor
    return actor.start()
  }

  /** Its lease ended without our noticing, and it was claimed again here: the new one counts. */
  #supersede(lost: Delivery): void {
    this.#superseded.add(lost)
    this.#live.delete(lost.tasklet.id)
    this.#stages.stop(lost, { kind: 'lease-lost', message: 'the lease was lost' })
  }

  #all(): readonly Delivery[] {
    return [...this.#live.values(), ...this.#superseded]
  }

  #lost(id: string): Delivery | undefined {
    for (const delivery of this.#superseded) if (delivery.tasklet.id === id) return delivery
    return undefined
  }

  #of(actor: AnyActorRef): Delivery {
    const live = this.#live.get(actor.id)
    if (live?.actor === actor) return live
    for (const lost of this.#superseded) if (lost.actor === actor) return lost
    throw new TypeError(`no delivery belongs to actor ${actor.id}`)
  }
}
