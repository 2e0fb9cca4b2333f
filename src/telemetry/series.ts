/** What stands for the labels of whatever comes when there are enough series. */
const OTHER = 'other'

export type Labels = Readonly<Record<string, string>>

/**
 * What one metric has counted, by the values of its labels. What a name stands for may be up to
 * users, so the number of series is bounded: those that come later are one, `other`.
 */
export class Series<Item> {
  readonly #names: readonly string[]
  readonly #most: number
  readonly #create: () => Item
  readonly #items = new Map<string, { readonly labels: Labels; readonly item: Item }>()

  constructor(names: readonly string[], most: number, create: () => Item) {
    this.#names = names
    this.#most = most
    this.#create = create
    // A metric without labels is there from the beginning.
    if (names.length === 0) this.of([])
  }

  /** The values in the order of the names. The same item each time. */
  of(values: readonly string[]): Item {
    const key = values.join('\0')
    const known = this.#items.get(key)
    if (known !== undefined) return known.item
    if (this.#items.size < this.#most) return this.#add(key, values)
    const others = this.#names.map(() => OTHER)
    return this.#items.get(OTHER)?.item ?? this.#add(OTHER, others)
  }

  all(): readonly { readonly labels: Labels; readonly item: Item }[] {
    return [...this.#items.values()]
  }

  clear(): void {
    this.#items.clear()
  }

  #add(key: string, values: readonly string[]): Item {
    const labels = Object.fromEntries(this.#names.map((name, at) => [name, values[at] ?? '']))
    const item = this.#create()
    this.#items.set(key, { labels, item })
    return item
  }
}
