import type { Tasklet } from '../../core/tasklet.ts'
import { idempotencyKeyOf, uniqueKeyOf } from '../admission.ts'
import { holdsKey } from '../duplicates.ts'

/** Records by their idempotency and unique keys. */
export class Keys {
  readonly #first = new Map<string, string>()
  /** Ids in the order of submission. */
  readonly #unique = new Map<string, string[]>()
  readonly #get: (id: string) => Tasklet | undefined

  constructor(get: (id: string) => Tasklet | undefined) {
    this.#get = get
  }

  add(tasklet: Tasklet): void {
    if (tasklet.idempotencyKey !== undefined) {
      this.#first.set(idempotencyKeyOf(tasklet), tasklet.id)
    }
    if (tasklet.unique === undefined) return
    const key = uniqueKeyOf(tasklet)
    this.#unique.set(key, [...this.#holding(key, tasklet.createdAt), tasklet.id])
  }

  remove(tasklet: Tasklet): void {
    if (tasklet.idempotencyKey !== undefined) this.#first.delete(idempotencyKeyOf(tasklet))
    if (tasklet.unique === undefined) return
    const key = uniqueKeyOf(tasklet)
    const others = this.#unique.get(key)?.filter((id) => id !== tasklet.id) ?? []
    if (others.length === 0) this.#unique.delete(key)
    else this.#unique.set(key, others)
  }

  firstWithKey(tasklet: Tasklet): Tasklet | undefined {
    return this.#get(this.#first.get(idempotencyKeyOf(tasklet)) ?? '')
  }

  /** The newest that holds the unique key. */
  holderOf(tasklet: Tasklet): Tasklet | undefined {
    return this.#get(this.#holding(uniqueKeyOf(tasklet), tasklet.createdAt).at(-1) ?? '')
  }

  #holding(key: string, now: number): string[] {
    return (this.#unique.get(key) ?? []).filter((id) => {
      const record = this.#get(id)
      return record !== undefined && holdsKey(record, now)
    })
  }
}
