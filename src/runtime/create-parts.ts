import type { PlanDefinition } from '../plan/define.ts'
import type { HandlerRuntime } from '../plan/handler.ts'
import type { Plan } from '../plan/model.ts'
import type { Store } from '../ports/store.ts'
import { addSubmissions } from './dispatch/create-distribution.ts'
import { Engine } from './engine.ts'
import { Gate } from './gate.ts'
import { createHandleServices } from './intake/create-handle-services.ts'
import { Submitter } from './intake/submitter.ts'
import { Management } from './operations/management.ts'
import { type RuntimeOptions, type Settings, toSettings } from './options/options.ts'
import { toLoading } from './plans/create-reloads.ts'

interface Ingredients {
  readonly plans: readonly Plan[]
  readonly store: Store
  readonly options: RuntimeOptions
  readonly sources: readonly (PlanDefinition | string)[]
  /** What handlers have of the runtime. */
  readonly handlerRuntime: HandlerRuntime
}

interface Parts {
  readonly settings: Settings
  readonly engine: Engine
  readonly submitter: Submitter
  readonly management: Management
  readonly gate: Gate
}

/** What a runtime consists of, each part knowing of the others what it needs; starts nothing. */
export function createParts(ingredients: Ingredients): Parts {
  const { plans, store, options, sources, handlerRuntime } = ingredients
  const settings = toSettings(options)
  const engine = new Engine(store, plans, settings, handlerRuntime, toLoading(sources, options))
  const submitter = new Submitter({
    clock: settings.clock,
    registry: engine.registry,
    intake: engine.intake,
    handles: createHandleServices(engine),
    queues: settings.queues,
    requireOpen: () => gate.requireOpen(),
  })
  addSubmissions(engine.distribution, settings, {
    ...engine,
    submitter,
    requireOpen: () => gate.requireOpen(),
  })
  const management = new Management(engine, settings, submitter)
  const gate = new Gate({
    start: () => engine.start(),
    stop: (drain) => engine.stop(drain),
    ended: engine.ended,
    closed: (reason) => management.close(reason),
  })
  return { settings, engine, submitter, management, gate }
}
