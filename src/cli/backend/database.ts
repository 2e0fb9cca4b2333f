import { existsSync } from 'node:fs'
import type { OutboxKind } from '../../ports/outbox.ts'
import type { Store } from '../../ports/store.ts'
import { isServer } from '../engines/address.ts'
import { storeAt } from '../engines/stores.ts'
import { UnreachableError } from '../failure.ts'

/** The database in a file or on a server, opened when it is needed and not before. */
export class Database {
  readonly #place: string
  readonly #noted: readonly OutboxKind[]
  #opening: Promise<Store> | undefined

  /** `noted`: what of the changes made here the processes with brokers are to tell them. */
  constructor(place: string, noted: readonly OutboxKind[]) {
    this.#place = place
    this.#noted = noted
  }

  /**
   * Of a file that is there.
   * @throws {UnreachableError} when there is none, and {StoreError} when it cannot be opened.
   */
  async existing(): Promise<Store> {
    const store = await this.ifAny()
    if (store !== undefined) return store
    throw new UnreachableError(
      `there is no database at ${this.#place}: run or submit a task first, name another file with --db, or a server with --url`,
    )
  }

  /** Makes the file when there is none. */
  made(): Promise<Store> {
    this.#opening ??= this.#open()
    return this.#opening
  }

  /** Undefined where there is no such file; makes none. */
  async ifAny(): Promise<Store | undefined> {
    const isThere = this.#opening !== undefined || isServer(this.#place) || existsSync(this.#place)
    return isThere ? this.made() : undefined
  }

  async close(): Promise<void> {
    const store = await this.#opening?.catch(() => undefined)
    await store?.close()
  }

  async #open(): Promise<Store> {
    const store = await storeAt(this.#place)
    await store.open()
    if (this.#noted.length > 0) await store.noteOutbox(this.#noted)
    return store
  }
}
