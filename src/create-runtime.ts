import type { PlanDefinition } from './plan/define.ts'
import { loadPlans } from './plan/load.ts'
import type { Store } from './ports/store.ts'
import type { Tracing } from './ports/tracing.ts'
import type { RuntimeOptions } from './runtime/options/options.ts'
import { toLoading } from './runtime/plans/create-reloads.ts'
import { Runtime } from './runtime/runtime.ts'
import { sqliteStore } from './stores/sqlite/store.ts'

export const DEFAULT_DATABASE = '.setpoint/setpoint.db'

export interface CreateRuntimeOptions extends RuntimeOptions {
  /** Plans from code, plan folders, and folders of plans. */
  readonly plans: readonly (PlanDefinition | string)[]
  /** Where the truth is kept; the file `.setpoint/setpoint.db` below the current folder unless given. */
  readonly store?: Store
}

/**
 * Loads and checks every plan and joins them to a store. Starts nothing.
 * @throws {PlanError} with everything that is wrong with any plan.
 * @throws {InputError} that names the option at fault.
 */
export async function createRuntime(options: CreateRuntimeOptions): Promise<Runtime> {
  const { plans, store = sqliteStore(DEFAULT_DATABASE), ...settings } = options
  const [loaded, tracing] = await Promise.all([
    loadPlans(plans, toLoading(plans, settings).options),
    settings.tracing ?? openTelemetry(),
  ])
  return new Runtime(loaded, store, { ...settings, tracing }, plans)
}

/** Loaded only when there is a runtime: importing Setpoint stays quick. */
async function openTelemetry(): Promise<Tracing> {
  const { createTracing } = await import('./telemetry/tracing.ts')
  return createTracing()
}
