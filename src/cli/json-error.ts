const SPACE = /[ \t\n\r]*/y
const STRING = /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)\b/y

/** Where a text stops being JSON, as an offset; its length when something is missing at the end. */
export function jsonErrorOffset(text: string): number {
  const scan = new Scan(text)
  while (scan.step());
  return scan.offset
}

/** `first`: what may stand in a map or list that has just been opened, its end included. */
type Expected = 'value' | 'first-value' | 'key' | 'first-key' | 'end-or-comma'

class Scan {
  offset = 0
  readonly #text: string
  /** The characters that close what is open, innermost last. */
  readonly #closers: ('}' | ']')[] = []
  #expected: Expected = 'value'

  constructor(text: string) {
    this.#text = text
  }

  /** Takes the next token; false when it is not one that may stand here. */
  step(): boolean {
    this.#takeMatch(SPACE)
    if (this.#expected !== 'value' && this.#expected !== 'key' && this.#close()) return true
    switch (this.#expected) {
      case 'end-or-comma':
        return this.#comma()
      case 'key':
      case 'first-key':
        return this.#key()
      default:
        return this.#value()
    }
  }

  #close(): boolean {
    const closer = this.#closers.at(-1)
    if (closer === undefined || !this.#take(closer)) return false
    this.#closers.pop()
    this.#expected = 'end-or-comma'
    return true
  }

  #comma(): boolean {
    const closer = this.#closers.at(-1)
    if (closer === undefined || !this.#take(',')) return false
    this.#expected = closer === ']' ? 'value' : 'key'
    return true
  }

  #key(): boolean {
    if (!this.#takeMatch(STRING)) return false
    this.#takeMatch(SPACE)
    this.#expected = 'value'
    return this.#take(':')
  }

  #value(): boolean {
    if (this.#take('{')) {
      this.#closers.push('}')
      this.#expected = 'first-key'
      return true
    }
    if (this.#take('[')) {
      this.#closers.push(']')
      this.#expected = 'first-value'
      return true
    }
    this.#expected = 'end-or-comma'
    return this.#takeMatch(STRING) || this.#takeMatch(SCALAR)
  }

  #take(character: string): boolean {
    if (this.#text[this.offset] !== character) return false
    this.offset += 1
    return true
  }

  #takeMatch(pattern: RegExp): boolean {
    pattern.lastIndex = this.offset
    if (!pattern.test(this.#text)) return false
    this.offset = pattern.lastIndex
    return true
  }
}
