import type { Tasklet } from '../../core/tasklet.ts'
import type { Plan, Task } from '../../plan/model.ts'
import { needsWorldAlone } from './affinity.ts'
import { type NeedLimits, type NeedyTask, needsOf } from './needs.ts'
import type { PoolNeed } from './resource-pools.ts'
import type { StateLeases, StateRequest } from './state-leases.ts'

export interface DemandRules extends NeedLimits {
  /** What the paths of a plan's machine stand for, in the given version or the current one. */
  shape?(plan: string, version: Plan | undefined): string | undefined
}

/** What asks for a grant, or would. */
export interface GrantRequest {
  readonly tasklet: Tasklet
  /** Undefined when the plan no longer has the task: then it needs no resources. */
  readonly task: (NeedyTask & Pick<Task, 'leaves' | 'disturbs'>) | undefined
  /** The version that it runs with; the current one unless given. */
  readonly plan?: Plan | undefined
}

/** What a task has to be given, slots aside, as things stand with the world of its plan. */
export class Demands {
  readonly #rules: DemandRules
  readonly #states: StateLeases

  constructor(rules: DemandRules, states: StateLeases) {
    this.#rules = rules
    this.#states = states
  }

  /** `version`: that with which it runs; the current one unless given. */
  ofWorld(
    { plan, requires }: Pick<Tasklet, 'plan' | 'requires'>,
    task: Pick<Task, 'leaves' | 'disturbs'> | undefined,
    version?: Plan,
  ): StateRequest {
    const shape = this.#rules.shape?.(plan, version)
    return { plan, requires, alone: needsWorldAlone(task), shape }
  }

  /** With what transition tasks may need, where it would have to move the world. */
  ofUnits(
    asked: Pick<StateRequest, 'plan' | 'requires'>,
    task: NeedyTask | undefined,
  ): readonly PoolNeed[] {
    return needsOf(asked, task, this.#states.wouldPrepare(asked), this.#rules)
  }
}
