import type { RuntimeEvent } from '../../core/events.ts'
import { isFinal } from '../../core/status.ts'
import type { Tasklet, TriggeringEvent } from '../../core/tasklet.ts'
import type { Fact } from '../../ports/store-messages.ts'
import { Condition } from './condition.ts'
import { OpenWait } from './open-wait.ts'
import { RecentEvents } from './recent-events.ts'
import type { ArrivalListener, WaitRequest, WaitsServices } from './services.ts'
import { Tries } from './tries.ts'
import { WaitIndex } from './wait-index.ts'
import { toStoredWait, WAIT_FACT } from './wait-record.ts'

/** Milliseconds between two looks for waits of tasklets that have ended elsewhere. */
const TIDY_EVERY = 10_000

/**
 * Waits for events that outlive the process. Each is a fact in the store, into which the first event
 * that matches is written, once, whichever process heard of it; then the tasklet is woken.
 */
export class Waits {
  readonly #services: WaitsServices
  readonly #index: WaitIndex
  readonly #listeners = new Map<string, ArrivalListener>()
  readonly #tries: Tries
  readonly #recent: RecentEvents
  readonly #running = new Set<Promise<unknown>>()
  /** By name: waits that are being removed from the store. */
  readonly #closing = new Map<string, Promise<void>>()
  /** For each look into the store that is under way, the names of what was closed meanwhile. */
  readonly #looks = new Set<Set<string>>()
  #isDeaf = false
  #tidyAt = Number.NEGATIVE_INFINITY

  constructor(services: WaitsServices) {
    this.#services = services
    this.#tries = new Tries(services)
    this.#recent = new RecentEvents(services.clock)
    services.bus.onPublished((event) => {
      if (!this.#isDeaf) this.#recent.note(event)
    })
    this.#index = new WaitIndex(services.bus, (wait, event) => {
      if (!this.#isDeaf) this.#run('write an event', this.#offer(wait, event))
    })
  }

  /**
   * Opens the wait, or finds the one that is open, with its event if that has come. Resolved means
   * stored: an event from then on is not missed. Listen with `onArrival` before, so that none slips
   * through in between.
   * @throws {InputError} for a pattern or `where` that cannot be used.
   */
  async open(request: WaitRequest): Promise<{ readonly event: TriggeringEvent | undefined }> {
    const { taskletId, key, pattern, where, scope } = request
    const kept = where === undefined ? {} : new Condition(where, scope).restrict(scope)
    const record = { pattern, where, scope: kept, openedAt: this.#services.clock.now() }
    const wait = new OpenWait({ taskletId, key, version: 0, event: undefined, ...record })
    const closing = this.#closing.get(wait.name)
    if (closing !== undefined) await closing
    const known = this.#index.get(wait.name)
    if (known === undefined) {
      this.#index.add(wait)
      wait.opened = this.#store(wait)
    }
    const present = known ?? wait
    await present.opened
    if (present.isDue) this.#run('write an event', this.#told(present))
    return { event: present.event }
  }

  /** One listener a tasklet: the run that goes on in this process. The returned function ends it. */
  onArrival(taskletId: string, listener: ArrivalListener): () => void {
    this.#listeners.set(taskletId, listener)
    return () => {
      if (this.#listeners.get(taskletId) === listener) this.#listeners.delete(taskletId)
    }
  }

  /** An event that is not on the bus; resolves when every wait that it ends is written. */
  async arrived(event: RuntimeEvent): Promise<void> {
    await Promise.all(this.#index.matching(event.name).map((wait) => this.#offer(wait, event)))
  }

  /** What `work` emits on the bus has arrived already. */
  unheard(work: () => void): void {
    this.#isDeaf = true
    try {
      work()
    } finally {
      this.#isDeaf = false
    }
  }

  /** Forgets what the tasklet waits for: one wait, or all of them. */
  async close(taskletId: string, key?: string): Promise<void> {
    const waits = this.#index.of(taskletId).filter((wait) => wait.key === (key ?? wait.key))
    await Promise.all(waits.map((wait) => this.#close(wait)))
  }

  /** The record stands so now: its waits end with it, or it sleeps until one of them does. */
  settled({ id, status }: Tasklet): void {
    if (this.#index.size === 0 || this.#index.of(id).length === 0) return
    if (isFinal(status)) this.#run('close waits', this.close(id))
    // The event may have come while the tasklet was still running, here or elsewhere.
    else if (status === 'scheduled') this.#run('look for events', this.#lookAgain(id))
  }

  /** Takes up what other processes have opened, ended and left behind. */
  async refresh(): Promise<void> {
    const before = this.#index.all().filter((wait) => wait.isOpen)
    const found = new Set((await this.#look()).map((fact) => this.#takeUp(fact)))
    for (const wait of before) if (!found.has(wait)) this.#index.remove(wait)
    await this.#tidy()
    await this.#wake(this.#index.all())
  }

  /** Nothing is heard any more; resolves when nothing is being written. */
  async stop(): Promise<void> {
    this.#tries.stop()
    this.#index.clear()
    await Promise.allSettled([...this.#running])
  }

  async #store(wait: OpenWait): Promise<void> {
    try {
      const { written, fact } = await this.#services.store.writeFact(wait.toFact())
      wait.isOpen = true
      wait.read(fact)
      if (!written && wait.event !== undefined) this.#index.unwatch(wait)
    } catch (error) {
      this.#index.remove(wait)
      throw error
    }
  }

  async #offer(wait: OpenWait, happened: RuntimeEvent): Promise<void> {
    const event = this.#match(wait, happened)
    if (event === undefined) return
    wait.isTaking = true
    // One that cannot be stored is told to whoever opens it.
    const isOpen = await wait.opened.then(
      () => true,
      () => false,
    )
    if (!isOpen || !(await this.#write(wait, event))) return
    wait.isTaking = false
    this.#index.unwatch(wait)
    await this.#tell(wait)
  }

  #match(wait: OpenWait, event: RuntimeEvent): TriggeringEvent | undefined {
    try {
      return wait.match(event)
    } catch (error) {
      this.#services.failed(error)
      return undefined
    }
  }

  /** Until it is written, or another was first; false when nobody waits any more. */
  async #write(wait: OpenWait, event: TriggeringEvent): Promise<boolean> {
    const { store } = this.#services
    while (this.#index.get(wait.name) === wait) {
      const fact = wait.toFact({ event })
      const outcome = await this.#tries.insist('write an event', () => store.writeFact(fact))
      if (outcome === undefined || !wait.read(outcome.fact)) break
      if (wait.event !== undefined) return true
    }
    this.#index.remove(wait)
    return false
  }

  async #tell(wait: OpenWait): Promise<void> {
    const listener = this.#listeners.get(wait.taskletId)
    if (listener !== undefined && wait.event !== undefined) listener(wait.key, wait.event)
    else await this.#wake([wait])
  }

  /** The run has the event: should it sleep again, it waits for something else. */
  async #told(wait: OpenWait): Promise<void> {
    wait.hasWoken = true
    const { fact } = await this.#services.store.writeFact(wait.toFact({ isTold: true }))
    wait.read(fact)
  }

  /** Wakes those that sleep although their event has come; once for each event. */
  async #wake(waits: readonly OpenWait[]): Promise<void> {
    const due = waits.filter((wait) => wait.isDue && !this.#listeners.has(wait.taskletId))
    if (due.length === 0) return
    const { store, clock, changed } = this.#services
    const sleeping = [...new Set(due.map((wait) => wait.taskletId))]
    const woken = (await this.#tries.insist('wake', () => store.wake(sleeping, clock.now()))) ?? []
    const ids = new Set(woken.map(({ id }) => id))
    for (const wait of due) if (ids.has(wait.taskletId)) wait.hasWoken = true
    if (woken.length > 0) changed(woken)
  }

  async #lookAgain(taskletId: string): Promise<void> {
    const waits = this.#index.of(taskletId)
    for (const wait of waits) {
      if (wait.event !== undefined) continue
      const fact = await this.#services.store.fact(WAIT_FACT, wait.name)
      if (fact !== undefined && wait.read(fact) && wait.event) this.#index.unwatch(wait)
    }
    await this.#wake(waits)
  }

  /** The wait that the fact stands for; its event, when it is news, is told. */
  #takeUp(fact: Fact): OpenWait | undefined {
    const known = this.#index.get(fact.key)
    if (known === undefined) return this.#adopt(fact)
    if (known.isOpen && known.wasReplacedBy(fact)) {
      this.#index.remove(known)
      return this.#adopt(fact)
    }
    const isNews = known.event === undefined
    if (known.isOpen && !known.isTaking && known.read(fact) && isNews && known.event) {
      this.#index.unwatch(known)
      this.#run('wake', this.#tell(known))
    }
    return known
  }

  #adopt(fact: Fact): OpenWait | undefined {
    const stored = toStoredWait(fact)
    if (stored === undefined) return undefined
    const wait = new OpenWait(stored)
    wait.isOpen = true
    try {
      this.#index.add(wait)
    } catch (error) {
      this.#services.failed(error)
      return undefined
    }
    // It was open before we heard of it, and what was told here meanwhile counts.
    for (const event of this.#recent.matching(wait.pattern)) {
      this.#run('write an event', this.#offer(wait, event))
    }
    return wait
  }

  /** Closes the waits of tasklets that ended where nobody knew of them. */
  async #tidy(): Promise<void> {
    const { store, clock } = this.#services
    if (this.#index.size === 0 || clock.now() < this.#tidyAt) return
    this.#tidyAt = clock.now() + TIDY_EVERY
    const before = this.#index.all()
    const tasklets = await store.getMany(this.#index.taskletIds())
    const unsettled = new Set(tasklets.flatMap(({ id, status }) => (isFinal(status) ? [] : id)))
    const left = before.filter(({ taskletId }) => !unsettled.has(taskletId))
    await Promise.all(left.map((wait) => this.#close(wait)))
  }

  /** What the store has, but for what is being closed. */
  async #look(): Promise<readonly Fact[]> {
    const closed = new Set(this.#closing.keys())
    this.#looks.add(closed)
    try {
      const facts = await this.#services.store.facts(WAIT_FACT)
      return facts.filter(({ key }) => !closed.has(key))
    } finally {
      this.#looks.delete(closed)
    }
  }

  async #close(wait: OpenWait): Promise<void> {
    this.#index.remove(wait)
    for (const closed of this.#looks) closed.add(wait.name)
    const removing = this.#removeFact(wait)
    const settled = removing.catch(() => {})
    this.#closing.set(wait.name, settled)
    void settled.then(() => {
      if (this.#closing.get(wait.name) === settled) this.#closing.delete(wait.name)
    })
    await removing
  }

  async #removeFact(wait: OpenWait): Promise<void> {
    await wait.opened.catch(() => {})
    for (;;) {
      const { written, fact } = await this.#services.store.writeFact(wait.toRemoval())
      if (written || !wait.read(fact)) return
    }
  }

  #run(operation: string, work: Promise<unknown>): void {
    const running = work
      .catch((error) => {
        if (!this.#tries.isOver) this.#services.storeFailed(operation, error)
      })
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }
}
