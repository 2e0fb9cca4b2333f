import type { Plan } from '../../plan/model.ts'
import type { Io } from '../io.ts'
import { loadPlanFolders, loadPlansAround, loadPlansIfAny, loadUsablePlans } from '../plans.ts'
import type { Database } from './database.ts'

/** Plans as their folders hold them now. */
export interface PlanSource {
  /** @throws {PlanError} with everything that is wrong with any plan. */
  all(): Promise<readonly Plan[]>
  /** Without those that cannot be used. */
  usable(): Promise<readonly Plan[]>
  /** Without those that cannot be used, unless it is the one that is wanted. */
  around(plan: string): Promise<readonly Plan[]>
  /** None where none were named and there is no folder. */
  ifAny(): Promise<readonly Plan[]>
}

export interface LocalParts {
  readonly database: Database
  readonly plans: PlanSource
}

/** Each is read once, so that what is wrong is said once. */
export function planSource(folders: readonly string[] | undefined, io: Io): PlanSource {
  const around = new Map<string, Promise<readonly Plan[]>>()
  return {
    all: () => loadPlanFolders(folders),
    usable: () => loadUsablePlans(folders, io),
    around(plan) {
      const known = around.get(plan) ?? loadPlansAround(plan, folders, io)
      around.set(plan, known)
      return known
    },
    ifAny: () => loadPlansIfAny(folders),
  }
}
