import { randomUUID } from 'node:crypto'
import type { SqlSession } from '../sql/session.ts'

/** At most one bump of our own row in so many milliseconds. */
const BUMP_INTERVAL = 50
/** Milliseconds until a bump that failed is tried again. */
const RETRY_DELAY = 500

const REMOVE_OLD = 'DELETE FROM writers WHERE at < CURRENT_TIMESTAMP - INTERVAL 1 DAY'

/** What the server is asked through. */
type Read = <T>(work: (session: SqlSession) => Promise<T>) => Promise<T>

/**
 * The server tells nobody of a change, so each process counts its own in a row of `writers`, and who
 * listens looks for what the others have counted. A row that comes or goes looks like a change, and
 * so do the first look and an outage, before which one may have been missed: telling once too often
 * does no harm.
 */
export class ForeignChanges {
  readonly #read: Read
  readonly #interval: number
  readonly #writer: string = randomUUID()
  readonly #listeners = new Set<() => void>()
  #seen: string | undefined
  #look: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  #bump: NodeJS.Timeout | undefined
  #bumping: Promise<void> | undefined
  #isDue = false
  /** Our row is there. */
  #isKnown = false
  #isClosed = false

  /** `interval`: milliseconds between two looks. */
  constructor(read: Read, interval: number) {
    this.#read = read
    this.#interval = interval
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    this.#arm(0)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** We have changed something. The first change of a while is counted at once. */
  tell(): void {
    this.#isDue = true
    if (this.#bump !== undefined || this.#isClosed) return
    this.#countLater(BUMP_INTERVAL)
    this.#count()
  }

  /** We may have changed something without knowing: all hear of it, and we too, when it can be told. */
  doubt(): void {
    this.#seen = undefined
    this.#isDue = true
    this.#countLater(RETRY_DELAY)
  }

  /** Counts what is left to be counted. Our row stays, until somebody finds that it is old. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#look)
    clearTimeout(this.#bump)
    this.#listeners.clear()
    await Promise.all([this.#looking, this.#bumping])
    if (this.#isDue) await this.#countNow()
  }

  #countLater(delay: number): void {
    if (this.#bump !== undefined || this.#isClosed) return
    this.#bump = setTimeout(() => this.#bumpAgain(), delay)
    this.#bump.unref()
  }

  #bumpAgain(): void {
    this.#bump = undefined
    if (this.#isDue) this.tell()
  }

  #count(): void {
    this.#bumping ??= this.#countNow().finally(() => {
      this.#bumping = undefined
    })
  }

  async #countNow(): Promise<void> {
    this.#isDue = false
    const sql = `INSERT INTO writers (writer, changes) VALUES (?, 1)
      ON DUPLICATE KEY UPDATE changes = changes + 1`
    try {
      await this.#read((session) => session.run(sql, [this.#writer]))
      if (!this.#isKnown) await this.#read((session) => session.run(REMOVE_OLD))
      this.#isKnown = true
    } catch {
      // Others need not have lost the server, so they are told when it is back.
      this.#isDue = true
      this.#countLater(RETRY_DELAY)
    }
  }

  #arm(delay: number): void {
    if (this.#look !== undefined || this.#isClosed || this.#listeners.size === 0) return
    this.#look = setTimeout(() => {
      this.#looking = this.#lookNow().finally(() => {
        this.#look = undefined
        this.#arm(this.#interval)
      })
    }, delay)
    this.#look.unref()
  }

  async #lookNow(): Promise<void> {
    const found = await this.#sum()
    const isChanged = found !== undefined && found !== this.#seen
    this.#seen = found
    if (!isChanged) return
    for (const listener of this.#listeners) listener()
  }

  /** What the others have counted; undefined when the server cannot be asked. */
  async #sum(): Promise<string | undefined> {
    const sql = 'SELECT count(*) AS writers, sum(changes) AS changes FROM writers WHERE writer <> ?'
    try {
      const [row] = await this.#read((session) => session.all(sql, [this.#writer]))
      return `${row?.writers} ${row?.changes}`
    } catch {
      return undefined
    }
  }
}
