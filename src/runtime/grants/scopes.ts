import type { Tasklet } from '../../core/tasklet.ts'
import type { Delivery } from '../deliveries/delivery.ts'

/** A part of the runtime in which nothing is granted for a while but what an interrupt admits. */
export interface Scope {
  readonly id: string
  /** Undefined: all plans. */
  readonly plan?: string | undefined
  /** Asked often, so it has to be cheap. */
  admits(tasklet: Pick<Tasklet, 'id' | 'plan' | 'queue' | 'requires'>): boolean
}

interface ClosedScope {
  readonly scope: Scope
  /** Who still holds a grant from before, and is not admitted: this set only shrinks. */
  readonly leaving: Set<Delivery>
}

/** The scopes that are closed now. */
export class Scopes {
  readonly #closed = new Map<string, ClosedScope>()

  get isEmpty(): boolean {
    return this.#closed.size === 0
  }

  close(scope: Scope, granted: Iterable<Delivery>): void {
    const leaving = [...granted].filter(({ tasklet }) => !scope.admits(tasklet))
    this.#closed.set(scope.id, { scope, leaving: new Set(leaving) })
  }

  /** False when it was not closed. */
  open(id: string): boolean {
    return this.#closed.delete(id)
  }

  /** Nobody is left in the closed scope but whom it admits; false when it is not closed. */
  isQuiet(id: string): boolean {
    return this.#closed.get(id)?.leaving.size === 0
  }

  /** The ids of the scopes that have become quiet because this one left. */
  left(delivery: Delivery): readonly string[] {
    const quiet: string[] = []
    for (const [id, { leaving }] of this.#closed) {
      if (leaving.delete(delivery) && leaving.size === 0) quiet.push(id)
    }
    return quiet
  }

  /** The first closed scope that keeps the tasklet out. */
  keepingOut(tasklet: Parameters<Scope['admits']>[0]): string | undefined {
    for (const [id, { scope }] of this.#closed) {
      if (covers(scope, tasklet.plan) && !scope.admits(tasklet)) return id
    }
    return undefined
  }

  isClosed(plan: string): boolean {
    for (const { scope } of this.#closed.values()) if (covers(scope, plan)) return true
    return false
  }

  /** Who is still in the way of the scope's work. */
  leaving(id: string): readonly Delivery[] {
    return [...(this.#closed.get(id)?.leaving ?? [])]
  }
}

function covers(scope: Scope, plan: string): boolean {
  return scope.plan === undefined || scope.plan === plan
}
