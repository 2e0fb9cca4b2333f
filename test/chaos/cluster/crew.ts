import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { storeAt } from '../../../src/cli/engines/stores.ts'
import { isFinal, STATUSES } from '../../../src/core/status.ts'
import type { Tasklet } from '../../../src/core/tasklet.ts'
import type { Store } from '../../../src/ports/store.ts'
import { listAll } from '../stored.ts'
import { Subject } from '../subject.ts'
import { type DeliveryRef, readWitness, Witness } from '../witness.ts'
import { FILES, toSubmissions } from '../worker-settings.ts'
import type { Services } from './services.ts'

export const WORKERS = 3
/** Milliseconds. */
const LEASE = 5000
/** Milliseconds within which a server has carried out what a dead process had sent to it. */
const SETTLING = 1000
/** Milliseconds without any change after which what is not final counts as stuck. */
const PATIENCE = 40_000

export interface CrewOptions {
  /** Names the processes. */
  readonly run: string
  readonly folder: string
  readonly seed: number
  readonly tasklets: number
  readonly services: Services
}

/** Three worker processes on the same services; each submits a share of the work. */
export class Crew {
  readonly witness: Witness
  readonly #options: CrewOptions
  /** Its own way to the store, which nothing cuts. */
  readonly #store: Store
  readonly #subjects: Subject[] = []
  #lives = 0

  private constructor(options: CrewOptions, store: Store) {
    this.#options = options
    this.#store = store
    this.witness = new Witness(this.witnessFile)
    this.allow(0)
  }

  /** All of them are at work, and nothing may be submitted until it is allowed. */
  static async start(options: CrewOptions): Promise<Crew> {
    const store = await storeAt(options.services.store.server.url)
    await store.open()
    const crew = new Crew(options, store)
    try {
      for (let place = 0; place < WORKERS; place += 1) crew.#employ(place)
      await crew.ready()
      return crew
    } catch (error) {
      await crew.dispose()
      throw error
    }
  }

  get witnessFile(): string {
    return join(this.#options.folder, FILES.witness)
  }

  get pids(): readonly number[] {
    return this.#subjects.map(({ pid }) => pid)
  }

  /** So many tasklets in all may be submitted. */
  allow(tasklets: number): void {
    writeFileSync(join(this.#options.folder, FILES.allowed), String(tasklets))
  }

  /** Resolves when all of them are at work. */
  async ready(): Promise<void> {
    await Promise.all(this.#subjects.map((subject) => subject.reaches('ready')))
  }

  /** Kills the worker at this place, and starts another one in its stead. */
  async replace(place: number): Promise<void> {
    const subject = this.#subjects[place]
    if (subject === undefined) throw new RangeError(`there is no worker ${place}`)
    await subject.kill()
    const running = await this.#leftBy(subject.pid)
    this.witness.write({ what: 'dead', pid: subject.pid, running })
    this.#employ(place)
  }

  /** Resolves when everything is final, or nothing has changed for a long time. */
  async untilFinal(): Promise<void> {
    let last = ''
    for (let since = Date.now(); Date.now() - since < PATIENCE; await pause(100)) {
      const counts = await this.#store.counts()
      const final = STATUSES.filter(isFinal).reduce((sum, status) => sum + counts[status], 0)
      if (final >= this.#options.tasklets) return
      const now = JSON.stringify(counts)
      if (now !== last) since = Date.now()
      last = now
    }
  }

  /** What the store has, oldest first. */
  records(): Promise<readonly Tasklet[]> {
    return listAll(this.#store)
  }

  /** As their operator would; why some ended otherwise than well. */
  async stop(): Promise<readonly string[]> {
    const stopping = this.#subjects.map((subject) => subject.stop())
    const endings = await Promise.allSettled(stopping)
    return endings.flatMap((ending) => (ending.status === 'rejected' ? [`${ending.reason}`] : []))
  }

  /** Whatever becomes of the case, its processes end. */
  async dispose(): Promise<void> {
    for (const subject of this.#subjects) subject.dispose()
    this.witness.close()
    await this.#store.close()
  }

  #employ(place: number): void {
    const { run, folder, seed, tasklets, services } = this.#options
    const life = this.#lives
    this.#lives += 1
    // What depends on something depends on what stands in the same ten.
    const isOurs = (n: number) => Math.floor(n / 10) % WORKERS === place
    this.#subjects[place] = new Subject({
      run: `${run}-${seed}-${life}`,
      folder,
      ...services.addressesFor(place),
      seed: seed + life,
      ...toSubmissions(tasklets, readWitness(this.witnessFile), isOurs),
      lease: LEASE,
      // Killing is what these cases are about: nothing becomes poison by it.
      maxDeliveries: 10_000,
      serves: true,
    })
  }

  /**
   * What the process was running when it died. What it had sent to the store before may still be
   * carried out, so it is read when that must be over; leases last far longer, and nobody else
   * starts meanwhile, who would take back what the dead have left.
   */
  async #leftBy(pid: number): Promise<readonly DeliveryRef[]> {
    await pause(SETTLING)
    const records = await listAll(this.#store, ['running'])
    const left = records.filter(({ lease }) => lease?.owner.includes(`/${pid}/`))
    return left.map(({ id, deliveries }) => ({ id, delivery: deliveries }))
  }
}
