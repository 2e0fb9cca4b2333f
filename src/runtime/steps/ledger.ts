import { RetryLater } from '../../core/errors.ts'
import { type StepMeaning, StepTimeout } from '../../plan/steps/program.ts'
import type { ListedJournal } from '../deliveries/journal.ts'
import type { KeptStep } from '../deliveries/steps.ts'
import { type Failure, fromFailure, toFailure } from '../executors/failure.ts'

/** How one performance ended, as the journal keeps it. */
export type KeptEnding =
  | { readonly ended: 'completed'; readonly output?: unknown }
  | { readonly ended: 'failed' | 'timedOut'; readonly failure: Failure }
  | { readonly ended: 'cancelled' }

/** What a step marked `once` leaves to all later deliveries. */
interface KeptOnce {
  readonly output?: unknown
  readonly step?: StepMeaning | undefined
}

/** What one delivery leaves to the next when it is passivated. */
interface Legacy {
  /** By name, in the order in which they came. */
  readonly endings: readonly (readonly [name: string, ending: KeptEnding])[]
  /** Milliseconds that it spent on what has a time limit and goes on, by name. */
  readonly spent: Readonly<Record<string, number>>
  /** The steps that it has finished or waits for; missing in journals of older versions. */
  readonly begun?: readonly StepMeaning[] | undefined
}

/** How one performance ended before. */
export type Ending =
  | { readonly status: 'completed'; readonly output: unknown }
  | { readonly status: 'failed'; readonly error: unknown }
  | { readonly status: 'cancelled' }

interface Place {
  readonly kept: KeptEnding
  readonly order: number
}

function placesOf(legacies: readonly Legacy[]): ReadonlyMap<string, Place> {
  const endings = legacies.flatMap((legacy) => legacy.endings)
  return new Map(endings.map(([name, kept], order) => [name, { kept, order }]))
}

/** Which delivery of which attempt this is. */
export interface LedgerTime {
  /** 1 for the first attempt of the task. */
  readonly attempt: number
  /** 1 for the first. */
  readonly delivery: number
}

interface Known {
  readonly delivery: number
  readonly era: string
  readonly legacies: readonly Legacy[]
  /** By path. */
  readonly once: ReadonlyMap<string, KeptOnce>
}

/**
 * What a run knows of its steps from earlier deliveries, and what later ones will know. Outputs of
 * steps marked `once` are for all of them. Everything else belongs to one attempt of the task, and
 * is kept only when the run is passivated: after a crash it is done again.
 */
export class Ledger {
  readonly #journal: ListedJournal
  readonly #delivery: number
  /** Begins the names of this attempt. */
  readonly #era: string
  readonly #legacies: readonly Legacy[]
  /** Of earlier deliveries. */
  readonly #before: ReadonlyMap<string, Place>
  readonly #once: Map<string, KeptOnce>
  /** Of this delivery. */
  readonly #endings = new Map<string, KeptEnding>()
  /** Since when what has a time limit is under way, by name. */
  readonly #running = new Map<string, number>()
  /** Steps of this delivery, by their places. */
  readonly #begun = new Map<string, StepMeaning>()
  #hasWaited: boolean

  private constructor(journal: ListedJournal, { delivery, era, legacies, once }: Known) {
    this.#journal = journal
    this.#delivery = delivery
    this.#era = era
    this.#legacies = legacies
    this.#once = new Map(once)
    this.#before = placesOf(legacies)
    this.#hasWaited = legacies.length > 0
  }

  static async open(journal: ListedJournal, { attempt, delivery }: LedgerTime): Promise<Ledger> {
    const era = await findEra(journal, attempt)
    const legacies: Legacy[] = []
    for (let earlier = 1; earlier < delivery; earlier += 1) {
      const kept = await journal.find(legacyName(era, earlier))
      // What stands under the name was kept as one.
      if (kept !== undefined) legacies.push(kept.output as Legacy)
    }
    return new Ledger(journal, { delivery, era, legacies, once: onceOf(await journal.all()) })
  }

  /** Whether the attempt was passivated before. */
  get isResumed(): boolean {
    return this.#legacies.length > 0
  }

  /** Whether a wait was begun in this attempt, in this delivery or an earlier one. */
  get hasWaited(): boolean {
    return this.#hasWaited
  }

  /** Names what belongs to this attempt alone, such as a registration elsewhere. */
  nameOf(name: string): string {
    return `${this.#era}/${name}`
  }

  /** Steps on which earlier deliveries have left this one to build. */
  get begun(): readonly StepMeaning[] {
    const once = [...this.#once.values()].flatMap(({ step }) => step ?? [])
    return [...this.#legacies.flatMap(({ begun = [] }) => begun), ...once]
  }

  began(step: StepMeaning): void {
    this.#begun.set(step.at, step)
  }

  onceOutput(path: string): KeptStep | undefined {
    const kept = this.#once.get(path)
    return kept && { output: kept.output }
  }

  /** Rejects when it cannot be kept: it is no JSON value, or the lease is lost. */
  async keepOnce(path: string, output: unknown, step: StepMeaning | undefined): Promise<void> {
    const kept: KeptOnce = { output, step }
    await this.#journal.keep(ONCE + path, kept)
    this.#once.set(path, kept)
  }

  /** How many endings of earlier deliveries there are. */
  get endings(): number {
    return this.#before.size
  }

  /** How the performance ended in an earlier delivery, if it did. */
  ending(name: string): Ending | undefined {
    const place = this.#before.get(name)
    return place && fromKept(place.kept)
  }

  /** The place of that ending among those of all earlier deliveries. */
  orderOf(name: string): number | undefined {
    return this.#before.get(name)?.order
  }

  completed(name: string, output: unknown): void {
    this.#endings.set(name, { ended: 'completed', output })
  }

  failed(name: string, error: unknown): void {
    const ended = error instanceof StepTimeout ? 'timedOut' : 'failed'
    this.#endings.set(name, { ended, failure: toFailure(error) })
  }

  /** Stopped because of another step. */
  cancelled(name: string): void {
    this.#endings.set(name, { ended: 'cancelled' })
  }

  /** When the wait is over: what an earlier delivery has kept, or what `fresh` says, kept now. */
  async until(name: string, fresh: () => number): Promise<{ at: number; isNew: boolean }> {
    const key = this.nameOf(`${name}/until`)
    const kept = await this.#journal.find(key)
    this.#hasWaited = true
    if (kept !== undefined) return { at: Number(kept.output), isNew: false }
    const at = fresh()
    await this.#journal.keep(key, at)
    return { at, isNew: true }
  }

  /** Milliseconds that earlier deliveries of the attempt have spent on it; counts on from `now`. */
  resumeTiming(name: string, now: number): number {
    this.#running.set(name, now)
    return this.#legacies.reduce((sum, { spent }) => sum + (spent[name] ?? 0), 0)
  }

  endTiming(name: string): void {
    this.#running.delete(name)
  }

  /** Keeps all that a later delivery of the attempt has to know: all of it or, if it rejects, nothing. */
  async passivate(now: number): Promise<void> {
    const spent = [...this.#running].map(([name, since]) => [name, now - since] as const)
    const legacy: Legacy = {
      endings: [...this.#endings],
      spent: Object.fromEntries(spent),
      begun: [...this.#begun.values()],
    }
    await this.#journal.keep(legacyName(this.#era, this.#delivery), legacy)
  }

  /** The run has ended with an error. One that spends no attempt still ends this one. */
  async end(error: unknown): Promise<void> {
    if (error instanceof RetryLater && this.#hasWaited) {
      await this.#journal.keep(overName(this.#era), true)
    }
  }
}

/** An attempt that was put off is begun anew although its number is the same. */
async function findEra(journal: ListedJournal, attempt: number): Promise<string> {
  for (let put = 0; ; put += 1) {
    const era = `${attempt}.${put}`
    if ((await journal.find(overName(era))) === undefined) return era
  }
}

// What stands under their names was kept as such; older versions kept the output alone.
function onceOf(kept: ReadonlyMap<string, KeptStep>): ReadonlyMap<string, KeptOnce> {
  const once = new Map<string, KeptOnce>()
  for (const [name, { output }] of kept) {
    if (name.startsWith(OLD_ONCE)) once.set(name.slice(OLD_ONCE.length), { output })
  }
  for (const [name, { output }] of kept) {
    if (name.startsWith(ONCE)) once.set(name.slice(ONCE.length), output as KeptOnce)
  }
  return once
}

const ONCE = '*once/'
const OLD_ONCE = 'once/'

// No step has such a name: their keys begin with a letter or an underscore.
const legacyName = (era: string, delivery: number) => `${era}/*kept/${delivery}`
const LEGACY_NAME = /^([^/]+)\/\*kept\/\d+$/
const overName = (era: string) => `${era}/*over`

/** What the journal keeps under a name of a ledger; undefined: nothing that tells how a step ended. */
export type Kept =
  | { readonly kind: 'once'; readonly path: string }
  | { readonly kind: 'endings'; readonly era: string; readonly endings: Legacy['endings'] }

export function keptOf(name: string, output: unknown): Kept | undefined {
  for (const once of [ONCE, OLD_ONCE]) {
    if (name.startsWith(once)) return { kind: 'once', path: name.slice(once.length) }
  }
  const era = LEGACY_NAME.exec(name)?.[1]
  // What stands under the name was kept as one.
  return era === undefined ? undefined : { kind: 'endings', era, ...(output as Legacy) }
}

function fromKept(kept: KeptEnding): Ending {
  switch (kept.ended) {
    case 'completed':
      return { status: 'completed', output: kept.output }
    case 'cancelled':
      return { status: 'cancelled' }
    case 'failed':
      return { status: 'failed', error: fromFailure(kept.failure) }
    case 'timedOut':
      return { status: 'failed', error: new StepTimeout(kept.failure.message) }
  }
}
