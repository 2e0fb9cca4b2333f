import { SetpointError, StoreError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ListedJournal } from '../deliveries/journal.ts'
import type { KeptStep } from '../deliveries/steps.ts'
import { wait } from '../wait.ts'

export interface PatienceServices {
  readonly clock: Clock
  /** The store failed; it is asked again after a while. */
  storeFailed(operation: string, error: unknown): void
}

const RETRY_DELAY = 1000

/**
 * Asks the store until it answers: its failures are none of the work that it is asked for. Rejects
 * with what asking again would not change, and with the signal's reason.
 */
export async function insist<T>(
  operation: string,
  ask: () => Promise<T>,
  { clock, storeFailed }: PatienceServices,
  signal: AbortSignal,
): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      const isFinal = error instanceof SetpointError && !(error instanceof StoreError)
      if (isFinal || signal.aborted) throw error
      storeFailed(operation, error)
      await wait(clock, RETRY_DELAY, signal)
    }
  }
}

/** A journal whose store is asked until it answers, or until the signal aborts. */
export class PatientJournal implements ListedJournal {
  readonly #journal: ListedJournal
  readonly #services: PatienceServices
  readonly #signal: () => AbortSignal

  constructor(journal: ListedJournal, services: PatienceServices, signal: () => AbortSignal) {
    this.#journal = journal
    this.#services = services
    this.#signal = signal
  }

  find(name: string): Promise<KeptStep | undefined> {
    const ask = () => this.#journal.find(name)
    return insist('read steps', ask, this.#services, this.#signal())
  }

  all(): Promise<ReadonlyMap<string, KeptStep>> {
    return insist('read steps', () => this.#journal.all(), this.#services, this.#signal())
  }

  keep(name: string, output: unknown): Promise<void> {
    const ask = () => this.#journal.keep(name, output)
    return insist('keep a step', ask, this.#services, this.#signal())
  }
}
