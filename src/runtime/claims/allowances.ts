import { fullTaskName } from '../../core/tasklet.ts'
import type { ClaimRequest } from '../../ports/store-messages.ts'
import type { Grants } from '../grants/grants.ts'
import { GO_TO } from '../plans/go-to.ts'
import type { Registry } from '../plans/registry.ts'

export interface AllowanceServices {
  readonly grants: Grants
  readonly registry: Registry
}

/** Of one task, so many may wait in this process where waiting in the store would not do. */
const MOST_WAITING = 100
/** Where the handlers of interrupts wait, which closed scopes admit. */
const INTERRUPT_QUEUE = 'interrupt'

/**
 * How much of which task a claim may bring: what could be granted at once. Two kinds are claimed
 * although they have to wait here: those whose time limit runs from the claim, and those among which
 * may be what a closed scope admits.
 */
export class Allowances {
  readonly #services: AllowanceServices
  /** Tasks that were submitted with a time limit of their own for being granted. */
  readonly #timed = new Set<string>()

  constructor(services: AllowanceServices) {
    this.#services = services
  }

  /** A tasklet of the task, by full name, has a time limit for being granted. */
  expectTimed(task: string): void {
    this.#timed.add(task)
  }

  of(queue: string, limit: number): Pick<ClaimRequest, 'skipTasks' | 'taskLimits'> {
    const { grants, registry } = this.#services
    const most = new Map<string, number>()
    for (const name of grants.waitingTasks(queue).keys()) most.set(name, 0)
    for (const task of registry.rules.contended) {
      const name = fullTaskName({ plan: task.plan, task: task.name })
      if (!most.has(name)) most.set(name, grants.allowance(task))
    }
    for (const name of this.#inClosedScopes()) most.set(name, 0)
    for (const name of this.toWaitHere(queue)) {
      most.set(name, Math.max(most.get(name) ?? 0, this.#places(queue, name)))
    }
    const limits = [...most].filter(([, count]) => count >= 1 && count < limit)
    return {
      skipTasks: [...most].filter(([, count]) => count < 1).map(([name]) => name),
      taskLimits: limits.length === 0 ? undefined : Object.fromEntries(limits),
    }
  }

  /** Full names of tasks that are claimed to wait here, whether or not there is room. */
  toWaitHere(queue: string): readonly string[] {
    return this.#kept(queue).filter((name) => this.#places(queue, name) > 0)
  }

  /** Whether the task, by full name, is one of those, however many wait here already. */
  waitsHere(queue: string, task: string): boolean {
    return this.#kept(queue).includes(task)
  }

  #kept(queue: string): readonly string[] {
    const { timed } = this.#services.registry.rules
    if (timed.length === 0 && this.#timed.size === 0 && !this.#anyClosed()) return NONE
    const closed = this.#inClosedScopes().filter(
      (name) => queue === INTERRUPT_QUEUE || name.endsWith(`/${GO_TO}`),
    )
    return [...new Set([...timed, ...this.#timed, ...closed])]
  }

  #places(queue: string, task: string): number {
    return MOST_WAITING - (this.#services.grants.waitingTasks(queue).get(task) ?? 0)
  }

  #anyClosed(): boolean {
    const { grants, registry } = this.#services
    return registry.planNames.some((plan) => grants.isClosed(plan))
  }

  #inClosedScopes(): readonly string[] {
    const { grants, registry } = this.#services
    return registry.plans
      .filter(({ name }) => grants.isClosed(name))
      .flatMap(({ name, tasks }) =>
        [...tasks.keys(), GO_TO].map((task) => fullTaskName({ plan: name, task })),
      )
  }
}

const NONE: readonly string[] = []
