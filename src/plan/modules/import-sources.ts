import { type ModuleGraph, readGraphFrom } from './graph.ts'
import type { Namespace } from './host.ts'
import { ModuleSet } from './module-set.ts'
import type { ModuleSources } from './module-sources.ts'

export function toSources({ root, entry, version, files }: ModuleGraph): ModuleSources {
  const plain = [...files.values()].map(({ path, content, targets }) => ({
    path,
    text: content.toString('utf8'),
    targets: [...targets],
  }))
  return { root, entry, version, files: plain }
}

/** Versions that one thread keeps at hand; an older one is evaluated again when it is needed. */
const MOST_KEPT = 4

const kept = new Map<string, Promise<Namespace>>()

/** The exports of that version, whatever the files hold by now. */
export function importSources(sources: ModuleSources): Promise<Namespace> {
  const key = `${sources.entry}\n${sources.version}`
  const exports = kept.get(key) ?? new ModuleSet(readGraphFrom(sources)).load()
  // The one used last stands last.
  kept.delete(key)
  kept.set(key, exports)
  for (const old of [...kept.keys()].slice(0, -MOST_KEPT)) kept.delete(old)
  return exports
}
