import type { Locate } from './finding.ts'
import type { HandlerModule } from './handler.ts'
import type { ModuleSources } from './modules/module-sources.ts'

/** Named values of code: functions when all is well, but nothing is known before it is checked. */
export type NamedValues = ReadonlyMap<string, unknown>

/** The code that the names in a declaration stand for. */
export interface Code {
  /** URL of the module that exports the handlers; undefined when they come from several places. */
  readonly module: string | undefined
  /** What that module is made of, when it is not Node's to import. */
  readonly sources?: ModuleSources | undefined
  readonly handlers: NamedValues
  /** What steps name, where it is something else than the handlers of tasks. */
  readonly stepHandlers?: NamedValues | undefined
  /** Of handlers from code, those that have a module of their own. */
  readonly modules?: ReadonlyMap<string, HandlerModule> | undefined
  readonly checks: NamedValues
  readonly guards: NamedValues
  readonly actions: NamedValues
  /** Delays that a machine made by `setup()` brings with it. */
  readonly delays: NamedValues
  /** Schemas given as code, by the task's name; those in files are JSON Schema in the declaration. */
  readonly schemas: ReadonlyMap<string, { readonly input: unknown; readonly output: unknown }>
}

/** A plan as it was written, whatever it was written in, before any of it is trusted. */
export interface Declaration {
  /** The shape of `plan.yaml`, with the other files of the folder in their places. */
  readonly value: unknown
  /** Undefined when the code could not be loaded: then nothing is said about its names. */
  readonly code: Code | undefined
  readonly locate: Locate
  readonly folder: string | undefined
  readonly version: string
  /** Names of tasks that have a file of their own. */
  readonly taskFiles: ReadonlySet<string>
  /** Parts that exist but could not be read: others may refer to them. */
  readonly unread: { readonly machine: boolean; readonly tasks: ReadonlySet<string> }
}

export const NO_VALUES: NamedValues = new Map()

/** Code from one module: any of its exports may be any of these. */
export function codeFromExports(
  exports: NamedValues,
  module?: string,
  sources?: ModuleSources,
): Code {
  return {
    module,
    sources,
    handlers: exports,
    checks: exports,
    guards: exports,
    actions: exports,
    delays: NO_VALUES,
    schemas: new Map(),
  }
}
