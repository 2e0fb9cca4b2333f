import type { PlanDefinition } from '../../plan/define.ts'
import { formatDiagnostic } from '../../plan/diagnostic.ts'
import type { Log } from '../../plan/handler.ts'
import type { LoadOptions } from '../../plan/load.ts'
import type { Plan } from '../../plan/model.ts'
import type { EventBus } from '../events/event-bus.ts'
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
  const { registry, worlds, grants, bus, settings, reports } = parts
  const { logger, clock, queues } = settings
  const report = (error: unknown) => reports.failed(error)
  const exchange = new PlanExchange({
    registry,
    followers: createFollowers({ ...parts, queues, report }),
    replaced(loaded, previous) {
      const { name: plan, version, warnings } = loaded
      logger.info('a plan was loaded', { plan, version, previous: previous?.version })
      tellWarnings(loaded, logger)
      bus.emit('plan.reloaded', { plan, version, previous: previous?.version, warnings })
    },
  })
  for (const plan of registry.plans) tellWarnings(plan, logger)
  registry.versions.onRetired((plan) => {
    const { name, version } = plan
    worlds.retire(plan)
    grants.reconsider()
    // The same files may be the current version again.
    if (registry.plan(name)?.version !== version) bus.emit('plan.retired', { plan: name, version })
  })
  const reloads = new Reloads({
    ...loading,
    registry,
    exchange,
    rejected: (rejection) => tellRejection(rejection, parts),
    missing: ({ name: plan, folder, version }) => {
      logger.warn('the files of a plan are gone; it stays as it is', { plan, folder })
      bus.emit('plan.missing', { plan, folder, version })
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
  { bus, settings }: Pick<ReloadParts, 'bus' | 'settings'>,
): void {
  const mistakes = diagnostics.map((diagnostic) => formatDiagnostic(diagnostic))
  settings.logger.error('a plan cannot be used as it is now', { plan, folder, mistakes })
  bus.emit('plan.rejected', { plan, folder, diagnostics })
}
