import { quote } from '../diagnostic.ts'
import { nearestName } from '../nearest.ts'
import type { ModuleFile, ModuleGraph } from './graph.ts'
import { pathOf } from './graph.ts'
import { importFrom, importOpaque, type Namespace } from './host.ts'
import { ModuleInstance, type Read, toNamespace } from './instance.ts'
import type { Binding } from './links.ts'
import { ModuleFault } from './module-fault.ts'

/**
 * The modules of one version of a plan's code, evaluated apart from those of Node: they go when
 * nobody refers to them any more, and two versions share nothing but packages and files outside of
 * the plan's folder.
 */
export class ModuleSet {
  readonly #graph: ModuleGraph
  readonly #instances = new Map<string, ModuleInstance>()
  /** What Node has loaded, by importing file and specifier. */
  readonly #foreign = new Map<string, Namespace>()
  readonly #begun = new Set<ModuleInstance>()
  /** The way to the end of each module of which somebody asked for it. */
  readonly #ends = new Map<ModuleInstance, Promise<void>>()

  constructor(graph: ModuleGraph) {
    this.#graph = graph
  }

  /**
   * The exports of the entry. Rejects with a `ModuleFault` for names that do not fit, and with
   * whatever the code throws.
   */
  load(): Promise<Namespace> {
    const entry = this.#graph.files.get(this.#graph.entry)
    return entry?.kind === 'opaque' ? importOpaque(entry) : this.#load(this.#graph.entry)
  }

  async #load(path: string): Promise<Namespace> {
    const closure = this.#closureOf(path)
    for (const file of closure) await this.#loadForeign(file)
    for (const file of closure) this.#instantiate(file)
    for (const file of closure) this.#check(this.#instance(file.path))
    const instance = this.#instance(path)
    await this.#evaluate(instance)
    return toNamespace(this.#readsOf(instance))
  }

  /** The file and all that it needs before it can run, in the order in which they run. */
  #closureOf(path: string): readonly ModuleFile[] {
    const seen = new Set<string>()
    const order: ModuleFile[] = []
    const visit = (next: string) => {
      const file = this.#graph.files.get(next)
      if (file === undefined || file.kind === 'opaque' || seen.has(next)) return
      seen.add(next)
      for (const target of targetsOf(file)) visit(target)
      order.push(file)
    }
    visit(path)
    return order
  }

  async #loadForeign(file: ModuleFile): Promise<void> {
    const load = importFrom(file.path)
    for (const [specifier, { type }] of file.links?.specifiers ?? []) {
      const key = foreignKey(file.path, specifier)
      if (this.#ownPath(file, specifier) !== undefined || this.#foreign.has(key)) continue
      const options = type === undefined ? undefined : { with: { type } }
      const opaque = this.#opaque(file, specifier)
      this.#foreign.set(key, await (opaque ? importOpaque(opaque) : load(specifier, options)))
    }
  }

  #instantiate(file: ModuleFile): void {
    if (this.#instances.has(file.path)) return
    const instance = new ModuleInstance(file, {
      import: (specifier, options) => this.#importFrom(file, specifier, options),
      changed: () => this.#rebind(),
    })
    this.#instances.set(file.path, instance)
  }

  /** Every imported name has to exist before anything runs. */
  #check({ file, links }: ModuleInstance): void {
    for (const binding of [...links.imports.values(), ...links.passed.values()]) {
      if (binding.name === undefined) continue
      const names = this.#namesOf(file, binding.specifier)
      if (names.has(binding.name)) continue
      throw new ModuleFault(
        `${quote(binding.specifier)} exports no ${quote(binding.name)}`,
        { path: file.path, start: binding.start, length: binding.name.length },
        nearestName(binding.name, names),
      )
    }
  }

  #namesOf(file: ModuleFile, specifier: string): ReadonlySet<string> {
    const own = this.#ownPath(file, specifier)
    if (own === undefined) {
      return new Set(Object.keys(this.#foreign.get(foreignKey(file.path, specifier)) ?? {}))
    }
    return new Set(this.#readsOf(this.#instance(own)).keys())
  }

  #evaluate(instance: ModuleInstance): Promise<void> {
    const known = this.#ends.get(instance)
    if (known !== undefined) return known
    const end = this.#evaluateClosure(instance.file.path)
    this.#ends.set(instance, end)
    return end
  }

  async #evaluateClosure(path: string): Promise<void> {
    for (const { path: each } of this.#closureOf(path)) {
      const instance = this.#instance(each)
      if (!this.#begun.has(instance)) {
        this.#begun.add(instance)
        instance.bind((local) => this.#read(instance, local))
      }
      await instance.evaluate()
      // Those in a circle with it have read it before it had its values.
      this.#rebind()
    }
  }

  #rebind(): void {
    for (const instance of this.#begun) instance.rebind()
  }

  #read({ file, links }: ModuleInstance, local: string): unknown {
    const binding = links.imports.get(local)
    return binding === undefined ? undefined : settled(() => this.#follow(file, binding))
  }

  #follow(file: ModuleFile, { specifier, name }: Binding): unknown {
    const own = this.#ownPath(file, specifier)
    if (own === undefined) {
      const namespace = this.#foreign.get(foreignKey(file.path, specifier))
      return name === undefined ? namespace : namespace?.[name]
    }
    const reads = this.#readsOf(this.#instance(own))
    return name === undefined ? toNamespace(reads) : reads.get(name)?.()
  }

  /** Every export, those passed on of others included. */
  #readsOf(instance: ModuleInstance, around: readonly ModuleInstance[] = []): Map<string, Read> {
    const { file, links, own } = instance
    const reads = new Map<string, Read>()
    for (const specifier of links.stars) {
      for (const [name, read] of this.#starReads(file, specifier, [...around, instance])) {
        if (name !== 'default' && !reads.has(name)) reads.set(name, read)
      }
    }
    for (const [name, binding] of links.passed) reads.set(name, () => this.#follow(file, binding))
    for (const [name, read] of own) reads.set(name, read)
    return reads
  }

  #starReads(
    file: ModuleFile,
    specifier: string,
    around: readonly ModuleInstance[],
  ): Iterable<readonly [string, Read]> {
    const own = this.#ownPath(file, specifier)
    if (own !== undefined) {
      const instance = this.#instance(own)
      return around.includes(instance) ? [] : this.#readsOf(instance, around)
    }
    const namespace = this.#foreign.get(foreignKey(file.path, specifier)) ?? {}
    return Object.keys(namespace).map((name) => [name, () => namespace[name]] as const)
  }

  async #importFrom(
    file: ModuleFile,
    specifier: string,
    options: ImportCallOptions | undefined,
  ): Promise<Namespace> {
    const own = this.#ownPath(file, String(specifier))
    if (own !== undefined) return this.#load(own)
    const opaque = this.#opaque(file, String(specifier))
    return opaque ? importOpaque(opaque) : importFrom(file.path)(specifier, options)
  }

  /** The file of the plan that a specifier leads to, if we evaluate it ourselves. */
  #ownPath(file: ModuleFile, specifier: string): string | undefined {
    const path = file.targets.get(specifier) ?? pathOf(specifier, file.path)
    const target = path === undefined ? undefined : this.#graph.files.get(path)
    return target === undefined || target.kind === 'opaque' ? undefined : target.path
  }

  #opaque(file: ModuleFile, specifier: string): ModuleFile | undefined {
    const target = this.#graph.files.get(file.targets.get(specifier) ?? '')
    return target?.kind === 'opaque' ? target : undefined
  }

  #instance(path: string): ModuleInstance {
    const instance = this.#instances.get(path)
    if (instance === undefined) throw new Error(`${path} has not been made ready`)
    return instance
  }
}

function targetsOf({ links, targets }: ModuleFile): readonly string[] {
  return [...(links?.specifiers.keys() ?? [])].flatMap((specifier) => targets.get(specifier) ?? [])
}

function foreignKey(path: string, specifier: string): string {
  return `${path}\n${specifier}`
}

/** A variable that has not been declared yet is nothing yet. */
function settled(read: Read): unknown {
  try {
    return read()
  } catch (error) {
    if (error instanceof ReferenceError) return undefined
    throw error
  }
}
