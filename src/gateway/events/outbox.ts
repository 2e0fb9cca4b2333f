/** Characters that are sent in one piece; with more the first message alone decides. */
const PORTION = 65_536

/** Messages that wait for one listener: bounded, so one that does not read costs little memory. */
export class Outbox {
  readonly #most: number
  readonly #longest: number
  readonly #texts: string[] = []
  #length = 0
  #dropped = 0

  /** `longest`: characters of all of them together. */
  constructor(most: number, longest: number) {
    this.#most = most
    this.#longest = longest
  }

  get isEmpty(): boolean {
    return this.#texts.length === 0
  }

  /** The oldest make room. */
  add(text: string): void {
    this.#texts.push(text)
    this.#length += text.length
    while (this.#texts.length > 1 && this.#isTooMuch()) {
      this.#shift()
      this.#dropped += 1
    }
  }

  /** What is to be sent next, and how many messages before it were dropped. */
  take(): { readonly dropped: number; readonly text: string } {
    const texts: string[] = []
    let length = 0
    while (this.#texts.length > 0 && (length === 0 || length < PORTION)) {
      const text = this.#shift()
      texts.push(text)
      length += text.length
    }
    const dropped = this.#dropped
    this.#dropped = 0
    return { dropped, text: texts.join('') }
  }

  #isTooMuch(): boolean {
    return this.#texts.length > this.#most || this.#length > this.#longest
  }

  #shift(): string {
    const text = this.#texts.shift() ?? ''
    this.#length -= text.length
    return text
  }
}
