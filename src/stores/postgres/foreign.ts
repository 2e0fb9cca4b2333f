import { createHash, randomUUID } from 'node:crypto'
import type { Client } from 'pg'

/** Milliseconds between two attempts to listen again. */
const RECONNECT = 500
/** At most one notification in so many milliseconds: others look no more often than that. */
const INTERVAL = 50

/**
 * One connection beside the pool hears of the changes by others and tells of our own. It tells after
 * the commit, because a notification within it would make the commits of all wait for each other,
 * and at most once in a while. A connection that was lost may have missed a change, so one is told.
 */
export class ForeignChanges {
  readonly #connect: () => Client
  readonly #channel: string
  readonly #self: string = randomUUID()
  readonly #listeners = new Set<() => void>()
  #client: Promise<Client | undefined> | undefined
  #latest: Client | undefined
  #retry: NodeJS.Timeout | undefined
  #telling: NodeJS.Timeout | undefined
  #isDue = false
  #isClosed = false

  constructor(connect: () => Client, schema: string) {
    this.#connect = connect
    this.#channel = toChannel(schema)
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    void this.#connected()
    return () => this.#listeners.delete(listener)
  }

  tell(): void {
    this.#isDue = true
    if (this.#telling === undefined) this.#notify()
  }

  /** We may have changed something without knowing: all hear of it, and we too, when it can be told. */
  doubt(): void {
    this.#isDue = true
    this.#reconnectLater()
  }

  async close(): Promise<void> {
    if (this.#telling !== undefined) await this.#notifyNow()
    this.#isClosed = true
    clearTimeout(this.#telling)
    clearTimeout(this.#retry)
    this.#listeners.clear()
    const client = await this.#client
    await client?.end()
  }

  #notify(): void {
    this.#telling = undefined
    if (!this.#isDue || this.#isClosed) return
    this.#telling = setTimeout(() => this.#notify(), INTERVAL)
    this.#telling.unref()
    void this.#notifyNow()
  }

  async #notifyNow(): Promise<void> {
    if (!this.#isDue) return
    this.#isDue = false
    const client = await this.#connected()
    try {
      if (client === undefined) this.#isDue = true
      else await client.query('SELECT pg_notify($1, $2)', [this.#channel, this.#self])
    } catch {
      // The connection is lost; it is told when there is one again.
      this.#isDue = true
    }
  }

  /** Undefined when there is no connection now. */
  #connected(): Promise<Client | undefined> {
    this.#client ??= this.#open()
    return this.#client
  }

  async #open(): Promise<Client | undefined> {
    const client = this.#connect()
    this.#latest = client
    client.on('error', () => this.#lost(client))
    client.on('end', () => this.#lost(client))
    client.on('notification', ({ payload }) => {
      if (payload !== this.#self) this.#changed()
    })
    try {
      await client.connect()
      // A notification that is lost with the server is no loss: those who listen are lost with it.
      await client.query(`SET synchronous_commit = off; LISTEN ${this.#channel}`)
      return client
    } catch {
      this.#lost(client)
      return undefined
    }
  }

  /** Told more than once by a connection that breaks; a later one is not concerned. */
  #lost(client: Client): void {
    if (this.#isClosed || client !== this.#latest) return
    this.#latest = undefined
    this.#client = undefined
    this.#reconnectLater()
  }

  #reconnectLater(): void {
    if (this.#isClosed) return
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined
      void this.#reconnect()
    }, RECONNECT)
    this.#retry.unref()
  }

  async #reconnect(): Promise<void> {
    if ((await this.#connected()) === undefined) return
    this.#changed()
    if (this.#isDue) this.tell()
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** The name under which the stores of one schema hear of each other. */
export function toChannel(schema: string): string {
  return `setpoint_${createHash('sha256').update(schema).digest('hex').slice(0, 32)}`
}
