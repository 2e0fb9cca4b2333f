import { fullTaskName, type Tasklet } from '../../core/tasklet.ts'
import type { Task } from '../../plan/model.ts'
import type { Pool, PoolNeed } from './resource-pools.ts'

export type Units = Readonly<Record<string, number>>

export interface NeedLimits {
  /** Where units of a resource come from, as the given plan sees it. */
  pool(plan: string, resource: string): Pool
  /** Units by resource name that moving the world of a plan may take. */
  transitionUnits(plan: string): Units
  /** The plan has tasks that run alone in it. */
  hasExclusive(plan: string): boolean
}

export interface NeedyTask
  extends Pick<Task, 'plan' | 'name' | 'resources' | 'exclusive' | 'maxInstances'> {}

const NO_NEEDS: readonly PoolNeed[] = []
const NO_UNITS: Units = {}

/** One that runs alone takes all units of its plan, any other takes one; so many never run at once. */
const EVERYBODY = 2 ** 40

/**
 * What a tasklet has to be given beside its slot and the world. Rules about who runs beside it are
 * pools like resources, so they are counted, explained and reserved alike. `moving`: it may have to
 * move the world first; own work and transitions never run at once, so the larger of the two covers
 * both.
 */
export function needsOf(
  tasklet: Pick<Tasklet, 'plan'>,
  task: NeedyTask | undefined,
  moving: boolean,
  limits: NeedLimits,
): readonly PoolNeed[] {
  const { plan } = tasklet
  const own = task?.resources ?? NO_UNITS
  const units = moving ? limits.transitionUnits(plan) : NO_UNITS
  const needs = resourceNeeds(plan, own, units, limits)
  const company = companyOf(plan, task, limits)
  return company.length === 0 ? needs : [...needs, ...company]
}

/** The part of the needs that says who may run beside it. */
export function companyOf(
  plan: string,
  task: NeedyTask | undefined,
  limits: Pick<NeedLimits, 'hasExclusive'>,
): readonly PoolNeed[] {
  const isShared = limits.hasExclusive(plan)
  if (task?.maxInstances === undefined && !isShared) return NO_NEEDS
  return companyNeeds(plan, task, isShared)
}

function resourceNeeds(
  plan: string,
  own: Units,
  moving: Units,
  limits: NeedLimits,
): readonly PoolNeed[] {
  const names = [...Object.keys(own), ...Object.keys(moving).filter((name) => !(name in own))]
  if (names.length === 0) return NO_NEEDS
  return names.map((resource) => ({
    kind: 'resource',
    resource,
    pool: limits.pool(plan, resource),
    units: Math.max(own[resource] ?? 0, moving[resource] ?? 0),
  }))
}

function companyNeeds(plan: string, task: NeedyTask | undefined, isShared: boolean): PoolNeed[] {
  const needs: PoolNeed[] = []
  if (task?.maxInstances !== undefined) {
    const resource = fullTaskName({ plan, task: task.name })
    const pool = { key: `task:${resource}`, capacity: task.maxInstances }
    needs.push({ kind: 'max-instances', resource, pool, units: 1 })
  }
  if (isShared) {
    const pool = { key: `plan:${plan}`, capacity: EVERYBODY }
    const units = task?.exclusive ? EVERYBODY : 1
    needs.push({ kind: 'exclusive', resource: plan, pool, units })
  }
  return needs
}
