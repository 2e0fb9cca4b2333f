/** Keeps the answers to the last so many questions; the oldest goes first. */
export class BoundedMap<Key, Value> {
  readonly #limit: number
  readonly #values = new Map<Key, Value>()

  constructor(limit: number) {
    this.#limit = limit
  }

  getOrMake(key: Key, make: () => Value): Value {
    const known = this.#values.get(key)
    if (known !== undefined) return known
    const value = make()
    const oldest = this.#values.size < this.#limit ? undefined : this.#values.keys().next()
    if (oldest?.done === false) this.#values.delete(oldest.value)
    this.#values.set(key, value)
    return value
  }
}
