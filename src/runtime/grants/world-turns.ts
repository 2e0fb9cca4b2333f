import type { Tasklet } from '../../core/tasklet.ts'
import { holdsAny } from '../../core/world-states.ts'
import type { Task } from '../../plan/model.ts'
import type { Delivery } from '../deliveries/delivery.ts'
import {
  byPriorityThenAge,
  type Contender,
  hasWaitedLonger,
  needsWorldAlone,
  yieldsWorld,
} from './affinity.ts'
import type { StateLeases } from './state-leases.ts'

export interface WorldRules {
  /** Milliseconds since the epoch. */
  now(): number
  /** Where the world of a plan is believed to be while nobody holds it; undefined: nobody knows. */
  believed(plan: string): readonly string[] | undefined
  /** Milliseconds after which a wait counts for more than the cost of moving the world. */
  readonly maxAffinityWait: number
}

/** Who wants a world, as far as it decides whether the world serves them as it is. */
export interface WorldWish {
  readonly requires: readonly string[]
  readonly alone: boolean
}

export interface WorldSituation {
  /** `moving`: somebody has it alone. `held`: those that it serves as it is may join. */
  readonly hold: 'free' | 'moving' | 'held'
  /** Whether the world serves this as it is. */
  serves(wish: WorldWish): boolean
  /** Whether the world has to turn to the other, counting those that wait in this process. */
  yields(served: Contender | undefined, other: Contender | undefined): boolean
}

type Waiter = Pick<Delivery, 'tasklet'> & {
  readonly task: Pick<Task, 'leaves' | 'disturbs'> | undefined
}

/** Whose turn it is at the world of a plan. */
export class WorldTurns {
  readonly #states: StateLeases
  readonly #rules: WorldRules

  constructor(states: StateLeases, rules: WorldRules) {
    this.#states = states
    this.#rules = rules
  }

  /** Whether one that may enter the world takes nobody's turn among the `rivals`. */
  isTurnOf(delivery: Waiter, rivals: readonly Waiter[]): boolean {
    const plan = delivery.tasklet.plan
    const serves = this.#servesNow(plan)
    const all = [delivery, ...rivals].filter(concerned)
    all.sort((one, two) => byPriorityThenAge(one.tasklet, two.tasklet))
    const served = all.find((waiter) => serves(toWish(waiter)))
    const other = all.find((waiter) => !serves(toWish(waiter)))
    const isMoved = this.#yields(plan, this.#toContender(served), this.#toContender(other))
    if (!isMoved) return serves(toWish(delivery))
    return other === delivery && this.#states.isFree(plan)
  }

  /** `waiters`: those of the plan that wait in this process. */
  situation(plan: string, waiters: readonly Waiter[]): WorldSituation {
    const serves = this.#servesNow(plan)
    const wishing = waiters.filter(concerned)
    return {
      hold: this.#hold(plan),
      serves,
      yields: (served, other) => {
        const here = wishing.filter((waiter) => serves(toWish(waiter)))
        const others = wishing.filter((waiter) => !serves(toWish(waiter)))
        return this.#yields(
          plan,
          first(served, this.#toContender(here[0])),
          first(other, this.#toContender(others[0])),
        )
      },
    }
  }

  #yields(plan: string, served: Contender | undefined, other: Contender | undefined): boolean {
    const { now, maxAffinityWait: maxWait } = this.#rules
    return yieldsWorld({ served, other, servedFor: this.#states.servedFor(plan, now()), maxWait })
  }

  #hold(plan: string): WorldSituation['hold'] {
    if (this.#states.isFree(plan)) return 'free'
    return this.#states.verified(plan) === undefined ? 'moving' : 'held'
  }

  #servesNow(plan: string): (wish: WorldWish) => boolean {
    const isFree = this.#states.isFree(plan)
    const states = isFree ? this.#rules.believed(plan) : this.#states.verified(plan)
    return ({ requires, alone }) => {
      if (alone && !isFree) return false
      return requires.length === 0 || (states !== undefined && holdsAny(states, requires))
    }
  }

  #toContender(waiter: Waiter | undefined): Contender | undefined {
    return waiter === undefined ? undefined : toContender(waiter.tasklet, this.#rules.now())
  }
}

/** A record tells since when it could run. */
export function toContender(
  { priority, updatedAt, sequence }: Pick<Tasklet, 'priority' | 'updatedAt' | 'sequence'>,
  now: number,
): Contender {
  return { priority, waited: Math.max(0, now - updatedAt), sequence }
}

function toWish({ tasklet, task }: Waiter): WorldWish {
  return { requires: tasklet.requires, alone: needsWorldAlone(task) }
}

function concerned({ tasklet, task }: Waiter): boolean {
  return tasklet.requires.length > 0 || needsWorldAlone(task)
}

/** The more urgent; of equals the one that has waited longer. */
function first(one: Contender | undefined, two: Contender | undefined): Contender | undefined {
  if (one === undefined || two === undefined) return one ?? two
  if (one.priority !== two.priority) return one.priority < two.priority ? one : two
  return hasWaitedLonger(two, one) ? two : one
}
