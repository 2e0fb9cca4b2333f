import { entriesOf, isRecord, ownValue } from './data.ts'
import type { Declaration, NamedValues } from './declaration.ts'
import { NO_VALUES } from './declaration.ts'
import type { PlanDefinition } from './define.ts'
import type { HandlerModule } from './handler.ts'
import { importingHandler, toHandlerModule } from './tasks/module-handler.ts'
import { hashValue } from './version.ts'

/** A plan from code in the form that files have: data on one side, the code it names on the other. */
export function declareDefinition({ definition }: PlanDefinition): Declaration {
  const { actions, checks, guards, machine, tasks, ...settings } = definition
  const own = isMachine(machine) ? machine : undefined
  const modules = modulesOf(tasks)
  const world = own === undefined ? machine : withoutSchemas(own.config)
  return {
    value: {
      setpoint: 1,
      ...settings,
      ...(world !== undefined && { machine: world }),
      tasks: isRecord(tasks) ? declareTasks(tasks) : tasks,
    },
    code: {
      module: undefined,
      handlers: new Map(entriesOf(tasks).map(([name, task]) => [name, handlerOf(task)])),
      modules,
      stepHandlers: new Map(entriesOf(actions).map(([name, action]) => [name, toHandler(action)])),
      checks: namedValues(checks),
      guards: new Map([...implementations(own, 'guards'), ...namedValues(guards)]),
      actions: implementations(own, 'actions'),
      delays: implementations(own, 'delays'),
      schemas: new Map(entriesOf(tasks).map(([name, task]) => [name, schemasOf(task)])),
    },
    locate: () => ({}),
    folder: undefined,
    version: hashValue({
      ...definition,
      machine: world,
      implementations: own?.implementations,
      ...(modules.size > 0 && { modules: [...modules] }),
    }),
    taskFiles: new Set(),
    unread: { machine: false, tasks: new Set() },
  }
}

/** In a declaration a task names its code; a task from code has its own name for it. */
function declareTasks(tasks: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const declared = Object.entries(tasks).map(([name, task]) => {
    if (typeof task === 'function') return [name, name]
    if (!isRecord(task)) return [name, task]
    const { input: _input, output, run, ...settings } = task
    const template = settings['steps'] !== undefined && output !== undefined && { output }
    return [name, { ...settings, ...template, ...(run !== undefined && { run: name }) }]
  })
  return Object.fromEntries(declared)
}

function handlerOf(task: unknown): unknown {
  return toHandler(typeof task === 'function' ? task : ownValue(task, 'run'))
}

function toHandler(run: unknown): unknown {
  const module = toHandlerModule(run)
  return module === undefined ? run : importingHandler(module)
}

function modulesOf(tasks: unknown): ReadonlyMap<string, HandlerModule> {
  const found = entriesOf(tasks).flatMap(([name, task]) => {
    const module = toHandlerModule(ownValue(task, 'run'))
    return module === undefined ? [] : [[name, module] as const]
  })
  return new Map(found)
}

function schemasOf(task: unknown) {
  const steps = ownValue(task, 'steps') !== undefined
  return { input: ownValue(task, 'input'), output: steps ? undefined : ownValue(task, 'output') }
}

interface Machine {
  readonly config: unknown
  readonly implementations: Readonly<Record<'guards' | 'actions' | 'delays', unknown>>
}

/** By its parts rather than its class, so a machine from another copy of XState is one too. */
function isMachine(value: unknown): value is Machine {
  if (typeof value !== 'object' || value === null || isRecord(value)) return false
  return 'config' in value && 'implementations' in value && 'transition' in value
}

/** `setup()` writes the types of the machine into its config, where they mean nothing to a world. */
function withoutSchemas(config: unknown): unknown {
  if (!isRecord(config)) return config
  const { schemas: _schemas, ...rest } = config
  return rest
}

function implementations(
  machine: Machine | undefined,
  kind: 'guards' | 'actions' | 'delays',
): NamedValues {
  return machine === undefined ? NO_VALUES : namedValues(machine.implementations[kind])
}

function namedValues(values: unknown): NamedValues {
  return new Map(entriesOf(values))
}
