import type { Tasklet } from '../../core/tasklet.ts'

/** For each dependency, the records that are not final and name it. */
export class DependentIds {
  readonly #byDependency = new Map<string, Set<string>>()

  add({ id, dependencies }: Tasklet): void {
    for (const dependency of dependencies) {
      const ids = this.#byDependency.get(dependency.id)
      if (ids === undefined) this.#byDependency.set(dependency.id, new Set([id]))
      else ids.add(id)
    }
  }

  remove({ id, dependencies }: Tasklet): void {
    for (const dependency of dependencies) {
      const ids = this.#byDependency.get(dependency.id)
      ids?.delete(id)
      if (ids?.size === 0) this.#byDependency.delete(dependency.id)
    }
  }

  has(id: string): boolean {
    return this.#byDependency.size > 0 && this.#byDependency.has(id)
  }

  of(id: string): readonly string[] {
    const ids = this.#byDependency.get(id)
    return ids === undefined ? NONE : [...ids]
  }
}

const NONE: readonly string[] = []
