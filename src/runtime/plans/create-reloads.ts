import type { PlanDefinition } from '../../plan/define.ts'
import { formatDiagnostic, type PlanError } from '../../plan/diagnostic.ts'
import type { Log } from '../../plan/handler.ts'
import type { LoadOptions } from '../../plan/load.ts'
import type { Plan } from '../../plan/model.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { Executors } from '../executors/executors.ts'
import type { RuntimeOptions, Settings } from '../options/options.ts'
import { createFollowers, type FollowerParts } from './followers.ts'
import { PlanExchange } from './plan-exchange.ts'
import { PlanWatch } from './plan-watch.ts'
import { type ReloadReport, Reloads } from './reloads.ts'

/** What the plans of a runtime were loaded from, and how. */
export interface Loading {
  readonly sources: readonly (PlanDefinition | string)[]
  readonly options: LoadOptions
}

export interface ReloadParts extends Omit<FollowerParts, 'queues' | 'report'> {
  readonly bus: EventBus
  readonly executors: Executors
  readonly settings: Settings
  readonly reports: { failed(error: unknown): void }
}

/** Code that is loaded again and again while the runtime watches has to be let go of again. */
export function toLoading(
  sources: readonly (PlanDefinition | string)[],
  { resources, watch = false }: Pick<RuntimeOptions, 'resources' | 'watch'>,
): Loading {
  return { sources, options: { resources, code: watch ? 'reloadable' : 'native' } }
}

/** Loading plans again, by hand and whenever their files change, over the parts of an engine. */
export function createReloads(loading: Loading, parts: ReloadParts) {
  const { registry, worlds, grants, executors, bus, settings, reports } = parts
  const { logger, clock, queues } = settings
  const report = (error: unknown) => reports.failed(error)
  const exchange = new PlanExchange({
    registry,
    followers: createFollowers({ ...parts, queues, report }),
    replaced(loaded, previous) {
      const { name: plan, version, warnings } = loaded
      const what = previous === undefined ? 'loaded' : 'reloaded'
      // Whoever has the files watched edits them, and wants to see it.
      const level = settings.watch ? 'warn' : 'info'
      logger[level](`plan ${plan} was ${what}`, { plan, version, previous: previous?.version })
      tellWarnings(loaded, logger)
      bus.emit('plan.reloaded', { plan, version, previous: previous?.version, warnings })
    },
  })
  for (const plan of registry.plans) tellWarnings(plan, logger)
  registry.versions.onRetired((plan) => {
    const { name, version } = plan
    worlds.retire(plan)
    executors.retire(plan, [...registry.plans, ...registry.versions.older(name)])
    grants.reconsider()
    // The same files may be the current version again.
    if (registry.plan(name)?.version !== version) bus.emit('plan.retired', { plan: name, version })
  })
  const reloads = new Reloads({
    ...loading,
    registry,
    exchange,
    rejected: (report, why) => tellRejection(report, why, parts),
    missing: ({ name: plan, folder, version }) => {
      logger.warn(`the files of plan ${plan} are gone; it goes on as it was`, { plan, folder })
      bus.emit('plan.missing', { plan, folder, version })
    },
    recovered: ({ name: plan, version }) => {
      // As loud as what it puts an end to.
      logger.warn(`plan ${plan} is in order again`, { plan })
      bus.emit('plan.recovered', { plan, version })
    },
  })
  const folders = loading.sources.filter((source) => typeof source === 'string')
  const failed = (error: unknown) => {
    logger.error('watching the folders of plans failed', { error })
    bus.emit('plan.watch-failed', { error })
  }
  const watch = new PlanWatch(settings.watch ? folders : [], { clock, reloads, failed })
  return { reloads, watch }
}

function tellWarnings({ name: plan, warnings }: Plan, logger: Log): void {
  for (const warning of warnings) logger.warn(formatDiagnostic(warning), { plan })
}

function tellRejection(
  { plan, folder, diagnostics }: ReloadReport,
  why: PlanError,
  { bus, settings }: Pick<ReloadParts, 'bus' | 'settings'>,
): void {
  const what =
    plan === undefined
      ? `the plan in ${folder} was not loaded`
      : `plan ${plan} was not reloaded and goes on as it was`
  settings.logger.error(`${what}: ${why.message}`, { plan, folder })
  bus.emit('plan.rejected', { plan, folder, diagnostics })
}
