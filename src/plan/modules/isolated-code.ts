import type { ModuleGraph } from './graph.ts'
import type { Namespace } from './host.ts'
import { toSources } from './import-sources.ts'
import { ModuleSet } from './module-set.ts'
import type { ModuleSources } from './module-sources.ts'

export interface IsolatedCode {
  readonly exports: Namespace
  /** Whoever uses the exports holds on to it. */
  readonly sources: ModuleSources
}

/**
 * Code that was evaluated apart from Node's modules, for as long as a plan uses it. The same files
 * are the same modules: an edit of a plan's YAML does not run its code again, and what the code
 * keeps at its top level stays.
 */
export class IsolatedCodes {
  /** By entry and version. */
  readonly #known = new Map<string, WeakRef<ModuleSources>>()
  readonly #exports = new WeakMap<ModuleSources, Namespace>()

  async load(graph: ModuleGraph): Promise<IsolatedCode> {
    const key = `${graph.entry}\n${graph.version}`
    const known = this.#find(key)
    if (known !== undefined) return known
    const exports = await new ModuleSet(graph).load()
    // Somebody else may have loaded it meanwhile.
    return this.#find(key) ?? this.#keep(key, { exports, sources: toSources(graph) })
  }

  #find(key: string): IsolatedCode | undefined {
    const sources = this.#known.get(key)?.deref()
    const exports = sources && this.#exports.get(sources)
    return exports && { exports, sources }
  }

  #keep(key: string, code: IsolatedCode): IsolatedCode {
    for (const [old, sources] of this.#known) {
      if (sources.deref() === undefined) this.#known.delete(old)
    }
    this.#known.set(key, new WeakRef(code.sources))
    this.#exports.set(code.sources, code.exports)
    return code
  }
}
