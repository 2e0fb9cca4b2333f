import { resolve } from 'node:path'
import type { PlanDefinition } from '../../plan/define.ts'
import { type Diagnostic, PlanError } from '../../plan/diagnostic.ts'
import { findPlanFolders, hasPlan } from '../../plan/folder/find.ts'
import { compilePlan, type LoadOptions, loadPlan } from '../../plan/load.ts'
import type { Plan } from '../../plan/model.ts'
import type { PlanExchange } from './plan-exchange.ts'
import type { Registry } from './registry.ts'

/** What came of loading one plan again. */
export interface ReloadReport {
  /** Undefined: the source is in no state to tell, and no plan was ever loaded from it. */
  readonly plan: string | undefined
  /** Undefined for a plan from code. */
  readonly folder: string | undefined
  /** The version that counts now; undefined: there is none. */
  readonly version: string | undefined
  /** The version that it has replaced; undefined: none. */
  readonly previous: string | undefined
  readonly changed: boolean
  /** Why the plan is refused, or what is probably wrong with it. */
  readonly diagnostics: readonly Diagnostic[]
}

export interface ReloadServices {
  readonly registry: Registry
  readonly exchange: PlanExchange
  /** What the runtime was given; folders are looked through again, plans from code are not. */
  readonly sources: readonly (PlanDefinition | string)[]
  readonly options: LoadOptions
  rejected(report: ReloadReport, why: PlanError): void
  /** The files of the plan are gone, or declare another plan; it stays as it was. */
  missing(plan: Plan): void
  /** What was rejected or missing is in order again. */
  recovered(plan: Plan): void
}

/** Loads plans again, one after the other. What cannot be used changes nothing. */
export class Reloads {
  readonly #services: ReloadServices
  readonly #missing = new Set<string>()
  /** Plans and folders whose last load was refused. */
  readonly #refused = new Set<string>()
  #last: Promise<unknown> = Promise.resolve()
  #isClosed = false

  constructor(services: ReloadServices) {
    this.#services = services
  }

  /**
   * The folders that the runtime was given, or one source: a folder, the name of a plan that came
   * from one, or a definition. Rejects with nothing: reports say what is wrong. What was loaded does
   * not count, good or bad, if it is superseded by then: the files are about to be loaded again.
   */
  reload(
    source?: PlanDefinition | string,
    isSuperseded: () => boolean = () => false,
  ): Promise<readonly ReloadReport[]> {
    const loading = this.#last.then(() => this.#reload(source, isSuperseded))
    this.#last = loading.catch(() => {})
    return loading
  }

  /** Resolves when nothing is loaded any more; no version counts that was not there before. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#last
  }

  async #reload(
    source: PlanDefinition | string | undefined,
    isSuperseded: () => boolean,
  ): Promise<readonly ReloadReport[]> {
    if (typeof source === 'object') return [await this.#define(source)]
    const folders = source === undefined ? this.#folders() : [this.#folderOf(source)]
    const reports: ReloadReport[] = []
    for (const folder of new Set(folders)) {
      reports.push(...(await this.#look(folder, isSuperseded)))
    }
    return reports
  }

  #folders(): readonly string[] {
    return this.#services.sources.filter((source) => typeof source === 'string')
  }

  #folderOf(source: string): string {
    return this.#services.registry.plan(source)?.folder ?? source
  }

  /** A folder may hold a plan, or folders of plans, some of which may be new or gone. */
  async #look(source: string, isSuperseded: () => boolean): Promise<readonly ReloadReport[]> {
    const folders = await findPlanFolders(source)
    const gone = this.#below(source).filter(({ folder }) => !folders.some(isSame(folder)))
    const reports: ReloadReport[] = []
    for (const plan of gone) {
      if (plan.folder !== undefined && !(await hasPlan(plan.folder))) reports.push(this.#lost(plan))
    }
    for (const folder of folders) reports.push(await this.#load(folder, isSuperseded))
    return reports
  }

  /** The plans that came from the folder or from one inside of it. */
  #below(source: string): readonly Plan[] {
    const place = resolve(source)
    return this.#services.registry.plans.filter(({ folder }) => {
      if (folder === undefined) return false
      return isSame(source)(folder) || resolve(folder, '..') === place
    })
  }

  async #load(folder: string, isSuperseded: () => boolean): Promise<ReloadReport> {
    const known = this.#services.registry.plans.find((plan) => isSame(folder)(plan.folder))
    if (known !== undefined && !(await hasPlan(folder))) return this.#lost(known)
    try {
      const plan = await loadPlan(folder, this.#services.options)
      if (isSuperseded()) return { ...unchanged(known, folder), diagnostics: [] }
      const report = await this.#take(plan, folder)
      if (known !== undefined && known.name !== plan.name) this.#tellMissing(known)
      return report
    } catch (error) {
      if (isSuperseded()) return { ...unchanged(known, folder), diagnostics: [] }
      return this.#reject(known, folder, toPlanError(error))
    }
  }

  async #define(definition: PlanDefinition): Promise<ReloadReport> {
    const known = this.#services.registry.plan(definition.name)
    try {
      return await this.#take(compilePlan(definition, this.#services.options), undefined)
    } catch (error) {
      return this.#reject(known, undefined, toPlanError(error))
    }
  }

  async #take(plan: Plan, folder: string | undefined): Promise<ReloadReport> {
    const { registry, exchange } = this.#services
    const current = registry.plan(plan.name)
    if (current !== undefined && (await isElsewhere(current, folder))) {
      return this.#reject(undefined, folder, namesake(plan, current))
    }
    const report = { plan: plan.name, folder, version: plan.version, diagnostics: plan.warnings }
    const changed = current?.version !== plan.version && !this.#isClosed
    if (changed) exchange.replace(plan)
    const wasMissing = this.#missing.delete(plan.name)
    const wasRefused = this.#refused.delete(folder ?? plan.name)
    if (wasMissing || wasRefused) this.#services.recovered(plan)
    return { ...report, previous: changed ? current?.version : undefined, changed }
  }

  #reject(known: Plan | undefined, folder: string | undefined, why: PlanError): ReloadReport {
    const report = { ...unchanged(known, folder), diagnostics: why.diagnostics }
    const place = folder ?? known?.name
    if (place !== undefined) this.#refused.add(place)
    this.#services.rejected(report, why)
    return report
  }

  #lost(plan: Plan): ReloadReport {
    this.#tellMissing(plan)
    const message = `the files of plan "${plan.name}" are gone; it stays as it was loaded last`
    const diagnostic = { rule: 'missing-plan', severity: 'warning', message, path: '' } as const
    return {
      ...unchanged(plan, plan.folder),
      diagnostics: [{ ...diagnostic, file: plan.folder }],
    }
  }

  #tellMissing(plan: Plan): void {
    if (this.#missing.has(plan.name)) return
    this.#missing.add(plan.name)
    this.#services.missing(plan)
  }
}

function unchanged(plan: Plan | undefined, folder: string | undefined) {
  return {
    plan: plan?.name,
    folder,
    version: plan?.version,
    previous: undefined,
    changed: false,
  }
}

/** A plan whose files are gone may come back from another folder. */
async function isElsewhere({ folder: from }: Plan, folder: string | undefined): Promise<boolean> {
  if (from === undefined || folder === undefined) return from !== folder
  return !isSame(from)(folder) && (await hasPlan(from))
}

function isSame(one: string | undefined): (other: string | undefined) => boolean {
  return (other) => one !== undefined && other !== undefined && resolve(one) === resolve(other)
}

function namesake({ name, folder: at }: Plan, { folder }: Plan): PlanError {
  const from = folder === undefined ? 'from code' : `from ${folder}`
  const message = `the plan "${name}" is already loaded ${from}`
  return refuse({ rule: 'duplicate-plan', path: 'name', message, plan: name, file: at })
}

/** Whatever it was that kept the plan from being loaded. */
function toPlanError(error: unknown): PlanError {
  if (error instanceof PlanError) return error
  const said = error instanceof Error ? error.message : String(error)
  return refuse({ rule: 'unreadable', path: '', message: `the plan cannot be loaded: ${said}` })
}

function refuse(diagnostic: Diagnostic): PlanError {
  return new PlanError([diagnostic], new Map())
}
