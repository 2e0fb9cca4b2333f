/** `draining`: nothing new comes in, and something that came before is still under way. */
export type IntakeState = 'serving' | 'draining' | 'drained'

/** Lets writes in, counts those under way, and can be closed without cutting any of them off. */
export class Intake {
  #open = true
  #underWay = 0
  #emptied: PromiseWithResolvers<void> | undefined

  get state(): IntakeState {
    if (this.#open) return 'serving'
    return this.#underWay === 0 ? 'drained' : 'draining'
  }

  /** Whether one more may come in; it then has to `leave`. */
  enter(): boolean {
    if (this.#open) this.#underWay += 1
    return this.#open
  }

  leave(): void {
    this.#underWay -= 1
    if (this.#underWay > 0) return
    this.#emptied?.resolve()
    this.#emptied = undefined
  }

  /** Resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.#open = false
    if (this.#underWay === 0) return
    this.#emptied ??= Promise.withResolvers()
    await this.#emptied.promise
  }

  open(): void {
    this.#open = true
  }
}
