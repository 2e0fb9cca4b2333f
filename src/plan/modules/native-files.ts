import { createHash } from 'node:crypto'
import type { ModuleGraph } from './graph.ts'

/**
 * The files that Node has loaded for plans. Node has each only once, whatever becomes of it: only
 * an entry that is a module is told apart by the version in its address.
 */
export class NativeFiles {
  /** Content hash by real path. */
  readonly #hashes = new Map<string, string>()

  /** Whether Node can load the code as it is now. If so, it is taken for loaded. */
  admit(graph: ModuleGraph): boolean {
    const others = [...graph.files.values()]
      .filter(({ path, kind }) => path !== graph.entry || kind === 'opaque')
      .map(({ path, content }) => ({
        path,
        hash: createHash('sha256').update(content).digest('hex'),
      }))
    const stale = others.some(({ path, hash }) => (this.#hashes.get(path) ?? hash) !== hash)
    if (stale) return false
    for (const { path, hash } of others) this.#hashes.set(path, hash)
    return true
  }
}
