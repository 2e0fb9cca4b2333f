import { pathToFileURL } from 'node:url'
import { compileFunction } from 'node:vm'
import { toBody } from './body.ts'
import type { ModuleFile } from './graph.ts'
import { type Import, metaOf, type Namespace } from './host.ts'
import { type Links, linksOf } from './links.ts'

/** Reads the present value of an export; throws what reading the variable throws. */
export type Read = () => unknown

interface CompiledBody {
  bind(from: (local: string) => unknown): void
  run(
    importing: Import,
    meta: unknown,
    changed: <T>(value: T) => T,
    exports: (reads: Readonly<Record<string, Read>>) => void,
    start: Promise<void>,
  ): Promise<void>
}

export interface InstanceContext {
  readonly import: Import
  /** An exported variable was assigned to. */
  readonly changed: () => void
}

/** One file of one version of a plan's code, evaluated at most once. */
export class ModuleInstance {
  readonly file: ModuleFile
  readonly links: Links
  /** Exports of its own, by name. */
  readonly own = new Map<string, Read>()
  readonly #start = Promise.withResolvers<void>()
  readonly #compiled: CompiledBody | undefined
  readonly #ran: Promise<void>
  #bound: ((local: string) => unknown) | undefined

  constructor(file: ModuleFile, context: InstanceContext) {
    this.file = file
    this.links = file.links ?? NO_LINKS
    if (file.kind === 'json') {
      const value: unknown = JSON.parse(file.text)
      this.own.set('default', () => value)
      this.#ran = Promise.resolve()
      return
    }
    this.#compiled = compile(file, this.links)
    const { run } = this.#compiled
    this.#ran = run(
      context.import,
      metaOf(file.path),
      (value) => {
        context.changed()
        return value
      },
      (reads) => {
        for (const [name, read] of Object.entries(reads)) this.own.set(name, read)
      },
      this.#start.promise,
    )
  }

  /** Gives the imported names their values; from then on `rebind` brings them up to date. */
  bind(from: (local: string) => unknown): void {
    this.#bound = from
    this.rebind()
  }

  rebind(): void {
    if (this.#bound !== undefined) this.#compiled?.bind(this.#bound)
  }

  /** Runs the module's text, once; whoever asks gets the same end. */
  evaluate(): Promise<void> {
    this.#start.resolve()
    return this.#ran
  }
}

const NO_LINKS: Links = linksOf({
  type: 'Program',
  start: 0,
  end: 0,
  body: [],
  sourceType: 'module',
})

function compile({ path, syntax }: ModuleFile, links: Links): CompiledBody {
  if (syntax === undefined) throw new Error(`${path} has no text that can be run`)
  const { text, offset } = toBody(syntax, links)
  const filename = pathToFileURL(path).href
  return compileFunction(text, [], { filename, columnOffset: -offset })() as CompiledBody
}

/** The exports as an object, as `import * as` gives it: what is read is the present value. */
export function toNamespace(reads: ReadonlyMap<string, Read>): Namespace {
  const namespace: Record<string, unknown> = Object.create(null)
  for (const name of [...reads.keys()].sort()) {
    const get = reads.get(name)
    if (get !== undefined) Object.defineProperty(namespace, name, { enumerable: true, get })
  }
  Object.defineProperty(namespace, Symbol.toStringTag, { value: 'Module' })
  return Object.preventExtensions(namespace)
}
