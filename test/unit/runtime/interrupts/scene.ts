import { onTestFinished } from 'vitest'
import { type AnyActorRef, createActor } from 'xstate'
import type { Tasklet, TriggeringEvent } from '../../../../src/core/tasklet.ts'
import type { Interrupt } from '../../../../src/plan/model.ts'
import type { Fact } from '../../../../src/ports/store-messages.ts'
import { Delivery, type StopReason } from '../../../../src/runtime/deliveries/delivery.ts'
import { EventBus } from '../../../../src/runtime/events/event-bus.ts'
import type { Scope } from '../../../../src/runtime/grants/scopes.ts'
import { Interrupts } from '../../../../src/runtime/interrupts/interrupts.ts'
import type { InterruptServices } from '../../../../src/runtime/interrupts/services.ts'
import { newTasklet } from '../../../../src/testing/store-contract/records.ts'
import { keptLog } from '../../../support/logs.ts'
import { allDone, ManualClock, toTimers } from '../../../support/manual-clock.ts'

export function makeRule(changes: Partial<Interrupt> & { holds?: () => unknown } = {}): Interrupt {
  const { holds = () => false, ...rest } = changes
  return {
    plan: 'kiln',
    name: 'fire',
    trigger: { kind: 'check', check: { name: 'isOnFire', run: holds }, every: 1000, timeout: 500 },
    run: 'quench',
    input: undefined,
    scope: 'plan',
    victims: { policy: 'requeue', tasks: [], tags: [] },
    cooldown: 0,
    returnTo: undefined,
    priority: 100,
    ...rest,
  }
}

/** Rules with doubles of all that is around them; `told` is what was asked of those, in order. */
export class Scene {
  readonly clock = new ManualClock()
  readonly told: string[] = []
  readonly errors: unknown[] = []
  readonly scopes = new Map<string, Scope>()
  readonly running = new Map<string, Delivery>()
  readonly records = new Map<string, Tasklet>()
  readonly facts = new Map<string, Fact>()
  readonly ends = new Map<string, PromiseWithResolvers<unknown>>()
  readonly bus = new EventBus(this.clock, (error) => this.errors.push(error))
  holds = true
  refusal: Error | undefined
  interrupts: Interrupts
  readonly #rules: readonly Interrupt[]
  #actors: readonly AnyActorRef[] = []

  constructor(...rules: readonly Interrupt[]) {
    this.#rules = rules
    this.interrupts = new Interrupts(rules, this.#services())
    this.bus.on('interrupt.**', ({ name }) => this.told.push(name))
  }

  /** A delivery that holds a grant. */
  run(id: string, changes: Partial<Tasklet> = {}): Delivery {
    const delivery = new Delivery(
      newTasklet({ id, plan: 'kiln', task: 'bake', ...changes }),
      undefined,
    )
    delivery.granted = true
    this.running.set(id, delivery)
    return delivery
  }

  /** It gives its grant back and its end is told. */
  async end(id: string, status = 'pending'): Promise<void> {
    const delivery = this.running.get(id)
    if (delivery !== undefined) delivery.granted = false
    this.running.delete(id)
    this.bus.emit(`tasklet.${status}`, {})
    await allDone()
  }

  async complete(id: string): Promise<void> {
    const record = this.records.get(id)
    if (record !== undefined) this.records.set(id, { ...record, status: 'completed' })
    this.ends.get(id)?.resolve(undefined)
    await allDone()
  }

  async fail(id: string, error: Error): Promise<void> {
    this.ends.get(id)?.reject(error)
    await allDone()
  }

  async start(): Promise<readonly AnyActorRef[]> {
    const actors = this.interrupts
      .residents()
      .map(({ logic }) => createActor(logic, { clock: toTimers(this.clock) } as object).start())
    this.#actors = actors
    onTestFinished(() => {
      for (const actor of actors) actor.stop()
    })
    await allDone()
    return actors
  }

  /** Only what is durable is left for the next process. */
  kill(): void {
    for (const actor of this.#actors) actor.stop()
    this.scopes.clear()
    this.running.clear()
    this.told.length = 0
    this.interrupts = new Interrupts(this.#rules, this.#services())
  }

  state(name = 'kiln/fire') {
    return this.interrupts.list().find((each) => each.name === name)?.state
  }

  admits(id: string, scope = 'interrupt:kiln/fire'): boolean | undefined {
    return this.scopes.get(scope)?.admits({ id, plan: 'kiln', queue: 'interrupt', requires: [] })
  }

  #submit(rule: Interrupt, task: string, id: string, event?: TriggeringEvent): Tasklet {
    const tags = [`interrupt:${rule.plan}/${rule.name}`]
    if (this.refusal !== undefined) throw this.refusal
    const record = newTasklet({ id, plan: rule.plan, task, queue: 'interrupt', tags, event })
    this.records.set(id, record)
    this.ends.set(id, Promise.withResolvers())
    this.told.push(`submit ${id}`)
    return record
  }

  #services(): InterruptServices {
    return {
      clock: this.clock,
      bus: this.bus,
      log: keptLog(),
      store: {
        fact: async (_, key) => this.facts.get(key),
        writeFact: async (fact) => {
          const kept = { ...fact, version: fact.version + 1 }
          this.facts.set(fact.key, kept)
          return { written: true, fact: kept }
        },
        list: async ({ tag, status }) => ({
          items: [...this.records.values()].filter(
            (each) => each.tags.includes(tag ?? '') && status?.includes(each.status),
          ),
        }),
        get: async (id) => this.records.get(id),
      },
      grants: {
        granted: (plan) =>
          [...this.running.values()].filter(
            ({ tasklet }) => (plan ?? tasklet.plan) === tasklet.plan,
          ),
        closeScope: (scope) => {
          this.scopes.set(scope.id, scope)
          this.told.push(`close ${scope.id}`)
        },
        openScope: (id) => {
          if (this.scopes.delete(id)) this.told.push(`open ${id}`)
        },
        reconsider: () => this.told.push('reconsider'),
      },
      stop: (id: string, reason: StopReason) => {
        this.told.push(`stop ${id} ${reason.kind}`)
        return this.running.get(id)?.stop(reason) ?? false
      },
      cancel: async (id) => void this.told.push(`cancel ${id}`),
      submitHandler: async (rule, event) =>
        this.#submit(rule, rule.run, `handler of ${rule.name}`, event),
      submitReturn: async (rule, target) => this.#submit(rule, '$go-to', `go to ${target}`),
      completed: (id) => this.ends.get(id)?.promise ?? Promise.resolve(),
      stillHolds: async () => this.holds,
      folder: () => undefined,
      report: (error) => void this.errors.push(error),
    }
  }
}
