import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** The names of a lane, by number; `priority` only where lanes are of one priority. */
export interface LaneKey {
  readonly queue: number
  readonly task: number
  readonly group: number
  readonly priority: number | undefined
}

/**
 * When each group of a task was last served in a queue, in a count that grows. Written only for
 * tasks that have groups: the turns of the others are remembered until the process ends.
 */
export class Turns {
  readonly #all: StatementSync
  readonly #write: StatementSync
  #served: Map<string, number> | undefined
  #last = 0

  constructor(db: DatabaseSync) {
    this.#all = db.prepare('SELECT queue, task, grp, served FROM turns')
    this.#write = db.prepare('INSERT OR REPLACE INTO turns VALUES (?, ?, ?, ?)')
  }

  /** 0: never. */
  of(key: LaneKey): number {
    return this.#known().get(keyOf(key)) ?? 0
  }

  /** The next count. */
  next(): number {
    this.#known()
    this.#last += 1
    return this.#last
  }

  /** Remembers the turn; inside a transaction, when it is to be kept. */
  serve(key: LaneKey, turn: number, isKept: boolean): void {
    this.#known().set(keyOf(key), turn)
    if (isKept) this.#write.run(key.queue, key.task, key.group, turn)
  }

  forget(): void {
    this.#served = undefined
  }

  #known(): Map<string, number> {
    if (this.#served !== undefined) return this.#served
    const served = new Map<string, number>()
    for (const row of this.#all.all()) {
      const turn = Number(row['served'])
      served.set(`${row['queue']} ${row['task']} ${row['grp']}`, turn)
      this.#last = Math.max(this.#last, turn)
    }
    this.#served = served
    return served
  }
}

function keyOf({ queue, task, group }: LaneKey): string {
  return `${queue} ${task} ${group}`
}
