import type { Hold, HoldOutcome, HoldRequest, HoldRevision } from '../../ports/holds.ts'
import type { OutboxEntry, OutboxKind, OutboxRequest } from '../../ports/outbox.ts'
import type { Fact, LeaseRef, StepRecord } from '../../ports/store-messages.ts'
import { requireHold, requireRevision } from '../holds.ts'
import { toFactWrite, toKeptStep } from '../notes.ts'
import type { Noting } from './outbox.ts'
import type { Records } from './records.ts'

/** The part of the store that keeps what stands beside the records. */
export abstract class BesideRecords {
  readonly #listeners = new Set<() => void>()
  readonly #kinds = new Set<OutboxKind>()
  protected readonly noting: Noting = {
    kinds: this.#kinds,
    onNoted: () => {
      for (const listener of this.#listeners) listener()
    },
  }

  async recordStep(lease: LeaseRef, step: StepRecord): Promise<boolean> {
    const kept = toKeptStep(step)
    return this.write(({ steps }) => steps.record(lease, kept))
  }

  async steps(id: string): Promise<readonly StepRecord[]> {
    return this.read(({ steps }) => steps.of(id))
  }

  async hold(request: HoldRequest): Promise<HoldOutcome> {
    requireHold(request)
    return this.write(({ holds }) => holds.take(request))
  }

  async revise(revision: HoldRevision): Promise<boolean> {
    requireRevision(revision)
    return this.write(({ holds }) => holds.revise(revision))
  }

  async holds(): Promise<readonly Hold[]> {
    return this.read(({ holds }) => holds.all())
  }

  /** What waits to be committed is noted as well. */
  async noteOutbox(kinds: readonly OutboxKind[]): Promise<void> {
    this.read(() => {
      for (const kind of kinds) this.#kinds.add(kind)
    })
  }

  async takeOutbox(request: OutboxRequest): Promise<readonly OutboxEntry[]> {
    return this.write(({ outbox }) => outbox.take(request))
  }

  async clearOutbox(entries: readonly number[]): Promise<void> {
    const numbers = [...entries]
    return this.write(({ outbox }) => outbox.clear(numbers))
  }

  onOutbox(listener: () => void): () => void {
    const own = () => listener()
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  async fact(kind: string, key: string): Promise<Fact | undefined> {
    return this.read(({ facts }) => facts.get(kind, key))
  }

  async facts(kind: string): Promise<readonly Fact[]> {
    return this.read(({ facts }) => facts.of(kind))
  }

  async writeFact(fact: Fact): Promise<{ readonly written: boolean; readonly fact: Fact }> {
    const next = toFactWrite(fact)
    return this.write(({ facts }) => facts.write(next))
  }

  /** In a transaction; resolved means durable. */
  protected abstract write<T>(work: (records: Records) => T): Promise<T>
  protected abstract read<T>(work: (records: Records) => T): T
}
