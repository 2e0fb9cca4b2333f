import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { MODELS, type Model } from './models.ts'

/** GiB on the card: 24 for the work of jobs, which the plan shares out, and 8 for weights. */
const CARD_GIB = 32

/** Milliseconds that one GiB of weights takes from the disk into the card. */
const LOAD_MS_PER_GIB = 500
const UNLOAD_MS = 500
/** Milliseconds that a driver waits for another process to let go of the card's state. */
const LOCK_WAIT = 5000

export interface DeviceState {
  readonly model: Model | undefined
  /** GiB that weights and jobs take. */
  readonly used: number
  readonly jobs: number
  /** Models loaded since the card was installed. */
  readonly loads: number
  /** GiB of weights loaded since then. */
  readonly loadedGib: number
  /** Steps of training done since then. */
  readonly trainingSteps: number
  /** What the person at the keyboard has typed and nobody has answered. */
  readonly question: string | undefined
}

interface Row {
  readonly model: Model | null
  readonly loads: number
  readonly loadedGib: number
  readonly trainingSteps: number
  readonly question: string | null
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS card (
    id INTEGER PRIMARY KEY CHECK (id = 1), model TEXT, loads INTEGER NOT NULL DEFAULT 0,
    loadedGib REAL NOT NULL DEFAULT 0, trainingSteps INTEGER NOT NULL DEFAULT 0, question TEXT
  ) STRICT;
  CREATE TABLE IF NOT EXISTS jobs (
    job TEXT PRIMARY KEY, pid INTEGER NOT NULL, gib REAL NOT NULL
  ) STRICT;
  INSERT OR IGNORE INTO card (id) VALUES (1);`

/**
 * The driver of a simulated card, whose state is a file that several processes may share. What it
 * holds at any moment is what a card of its size could hold, and loading takes time.
 */
export class Device {
  readonly #db: DatabaseSync
  readonly #speed: number

  /** @param speed how many times faster than a real card it is. */
  constructor(folder: string, speed: number) {
    mkdirSync(folder, { recursive: true })
    this.#db = new DatabaseSync(join(folder, 'card.db'), { timeout: LOCK_WAIT })
    this.#speed = speed
    this.#db.exec(SCHEMA)
  }

  get state(): DeviceState {
    const row = this.#card()
    const jobs = this.#jobs()
    return {
      model: row.model ?? undefined,
      used: sizeOf(row.model) + sum(jobs.map(({ gib }) => gib)),
      jobs: jobs.length,
      loads: row.loads,
      loadedGib: row.loadedGib,
      trainingSteps: row.trainingSteps,
      question: row.question ?? undefined,
    }
  }

  /** Takes time in proportion to the weights. An aborted load leaves the card empty. */
  async load(model: Model, signal: AbortSignal): Promise<void> {
    this.#requireRoom(model)
    await this.pass(MODELS[model] * LOAD_MS_PER_GIB, signal)
    this.#atomically(() => {
      this.#requireRoom(model)
      const loaded = 'model = ?, loads = loads + 1, loadedGib = loadedGib + ?'
      this.#run(`UPDATE card SET ${loaded}`, model, MODELS[model])
    })
  }

  /** @throws when a job still uses the model. */
  async unload(signal: AbortSignal): Promise<void> {
    const requireIdle = () => {
      const jobs = this.#jobs()
      if (jobs.length > 0) throw new Error(`${jobs.length} jobs still use the card`)
    }
    requireIdle()
    await this.pass(UNLOAD_MS, signal)
    this.#atomically(() => {
      requireIdle()
      this.#run('UPDATE card SET model = NULL')
    })
  }

  /** Does the work with `gib` of the card for as long as it lasts. @throws when they are not free. */
  async use<T>(job: string, model: Model, gib: number, work: () => Promise<T>): Promise<T> {
    this.#atomically(() => {
      const { model: present, used } = this.state
      if (present !== model)
        throw new Error(`the card holds ${present ?? 'no model'}, not ${model}`)
      requireFit(gib, used)
      this.#run(
        'INSERT OR REPLACE INTO jobs (job, pid, gib) VALUES (?, ?, ?)',
        job,
        process.pid,
        gib,
      )
    })
    try {
      return await work()
    } finally {
      this.#run('DELETE FROM jobs WHERE job = ? AND pid = ?', job, process.pid)
    }
  }

  /** Resolves when a real card would be as many milliseconds further. */
  async pass(milliseconds: number, signal: AbortSignal): Promise<void> {
    await setTimeout(milliseconds / this.#speed, undefined, { signal })
  }

  trainedStep(): number {
    this.#run('UPDATE card SET trainingSteps = trainingSteps + 1')
    return this.#card().trainingSteps
  }

  /** @throws when another question is still waiting. */
  ask(question: string): void {
    const asked = this.#run('UPDATE card SET question = ? WHERE question IS NULL', question)
    if (asked === 0) throw new Error('another question is still waiting at the keyboard')
  }

  /** Only the question that was answered is taken away. */
  answered(question: string): void {
    this.#run('UPDATE card SET question = NULL WHERE question = ?', question)
  }

  close(): void {
    this.#db.close()
  }

  #requireRoom(model: Model): void {
    const { model: present, used } = this.state
    if (present !== undefined) throw new Error(`the card holds ${present}: unload it first`)
    requireFit(MODELS[model], used)
  }

  #card(): Row {
    return this.#db.prepare('SELECT * FROM card').get() as unknown as Row
  }

  /** A driver frees what a process held that has ended. */
  #jobs() {
    const rows = this.#db.prepare('SELECT pid, gib FROM jobs').all()
    const jobs = rows as unknown as { readonly pid: number; readonly gib: number }[]
    const dead = new Set(jobs.map(({ pid }) => pid).filter((pid) => !isAlive(pid)))
    for (const pid of dead) this.#run('DELETE FROM jobs WHERE pid = ?', pid)
    return jobs.filter(({ pid }) => !dead.has(pid))
  }

  #run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#db.prepare(sql).run(...values).changes)
  }

  #atomically(change: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      change()
      this.#db.exec('COMMIT')
    } catch (error) {
      this.#db.exec('ROLLBACK')
      throw error
    }
  }
}

const open = new Map<string, Device>()

/**
 * The card of `SETPOINT_GPU_BOX_DIR`, or `.setpoint/gpu-box` below the current folder;
 * `SETPOINT_GPU_BOX_SPEED` is its speed, 20 unless given.
 * @throws when the speed is not a number above 0.
 */
export function theDevice(): Device {
  const folder = resolve(process.env['SETPOINT_GPU_BOX_DIR'] ?? '.setpoint/gpu-box')
  const given = process.env['SETPOINT_GPU_BOX_SPEED'] ?? '20'
  const speed = Number(given)
  if (!(speed > 0 && Number.isFinite(speed))) {
    throw new Error(`SETPOINT_GPU_BOX_SPEED is a number above 0, not "${given}"`)
  }
  const key = `${speed} ${folder}`
  const device = open.get(key) ?? new Device(folder, speed)
  open.set(key, device)
  return device
}

function requireFit(gib: number, used: number): void {
  const free = CARD_GIB - used
  if (gib > free) throw new Error(`${gib} GiB do not fit: ${free} of ${CARD_GIB} GiB are free`)
}

function sizeOf(model: Model | null): number {
  return model === null ? 0 : MODELS[model]
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Anything else, such as a lack of rights, shows that there is such a process.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}
