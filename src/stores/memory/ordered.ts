const COMPACT_AT = 1024

/**
 * Items that leave by ascending key; items of one key leave in no particular order. What arrives in
 * ascending order, as nearly everything does, is appended to a run and leaves it from the front,
 * both in constant time. Only what arrives out of order pays for a heap.
 */
export class Ordered<T> {
  #heap = new Heap<T>()
  #keys: number[] = []
  #items: (T | undefined)[] = []
  #head = 0

  push(key: number, item: T): void {
    const last = this.#keys.at(-1)
    if (last !== undefined && key < last) {
      this.#heap.push(key, item)
    } else {
      this.#keys.push(key)
      this.#items.push(item)
    }
  }

  /** The lowest key; Infinity when there is none. */
  lowest(): number {
    return Math.min(this.#front(), this.#heap.lowest())
  }

  /** The item of the lowest key, which stays inside. */
  peek(): T | undefined {
    return this.#heap.lowest() < this.#front() ? this.#heap.peek() : this.#items[this.#head]
  }

  pop(): T | undefined {
    return this.#heap.lowest() < this.#front() ? this.#heap.pop() : this.#shift()
  }

  /** Everything inside, in no particular order. */
  items(): T[] {
    const items = this.#heap.items()
    for (let at = this.#head; at < this.#items.length; at += 1) {
      const item = this.#items[at]
      if (item !== undefined) items.push(item)
    }
    return items
  }

  copy(): Ordered<T> {
    const copy = new Ordered<T>()
    copy.#heap = this.#heap.copy()
    copy.#keys = this.#keys.slice(this.#head)
    copy.#items = this.#items.slice(this.#head)
    return copy
  }

  #front(): number {
    return this.#keys[this.#head] ?? Number.POSITIVE_INFINITY
  }

  #shift(): T | undefined {
    if (this.#head === this.#keys.length) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head] = undefined
    this.#head += 1
    const spent = this.#head === this.#keys.length
    if (spent || (this.#head >= COMPACT_AT && this.#head * 2 >= this.#keys.length)) {
      this.#keys = this.#keys.slice(this.#head)
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}

interface Entry<T> {
  readonly key: number
  readonly item: T
}

/** A binary heap: no entry is above those at twice its index plus one and two. */
class Heap<T> {
  #entries: Entry<T>[] = []

  push(key: number, item: T): void {
    let at = this.#entries.push({ key, item }) - 1
    for (let above = (at - 1) >> 1; at > 0 && key < this.#key(above); above = (at - 1) >> 1) {
      this.#swap(at, above)
      at = above
    }
  }

  lowest(): number {
    return this.#key(0)
  }

  peek(): T | undefined {
    return this.#entries[0]?.item
  }

  pop(): T | undefined {
    this.#swap(0, this.#entries.length - 1)
    const lowest = this.#entries.pop()
    for (let at = 0, below = this.#lowerBelow(0); this.#key(below) < this.#key(at); ) {
      this.#swap(at, below)
      at = below
      below = this.#lowerBelow(at)
    }
    return lowest?.item
  }

  items(): T[] {
    return this.#entries.map(({ item }) => item)
  }

  copy(): Heap<T> {
    const copy = new Heap<T>()
    copy.#entries = [...this.#entries]
    return copy
  }

  #lowerBelow(at: number): number {
    const left = 2 * at + 1
    return this.#key(left + 1) < this.#key(left) ? left + 1 : left
  }

  #key(at: number): number {
    return this.#entries[at]?.key ?? Number.POSITIVE_INFINITY
  }

  #swap(one: number, other: number): void {
    const held = this.#entries[one]
    const moved = this.#entries[other]
    if (held === undefined || moved === undefined) return
    this.#entries[one] = moved
    this.#entries[other] = held
  }
}
