import type { Hold, HoldOutcome, HoldRequest, HoldRevision } from '../../ports/holds.ts'
import type { OutboxEntry, OutboxKind, OutboxRequest } from '../../ports/outbox.ts'
import type { Fact, LeaseRef, StepRecord } from '../../ports/store-messages.ts'
import { requireHold, requireRevision } from '../holds.ts'
import { holds } from '../moves.ts'
import { toFactWrite, toKeptStep } from '../notes.ts'
import { Facts } from './facts.ts'
import { Holds } from './holds.ts'
import { Outbox } from './outbox.ts'
import { Records } from './records.ts'
import { Steps } from './steps.ts'

/** The part of the store that keeps what stands beside the records. */
export abstract class BesideRecords {
  readonly #outbox = new Outbox()
  protected readonly records = new Records((previous, next) => this.#outbox.note(previous, next))
  readonly #steps = new Steps()
  readonly #facts = new Facts()
  readonly #holds = new Holds((id) => this.records.get(id))

  async recordStep({ id, token }: LeaseRef, step: StepRecord): Promise<boolean> {
    const tasklet = this.opened().get(id)
    const kept = toKeptStep(step)
    if (tasklet === undefined || !holds(tasklet, token)) return false
    this.#steps.keep(id, kept)
    return true
  }

  async steps(id: string): Promise<readonly StepRecord[]> {
    this.opened()
    return this.#steps.of(id)
  }

  async hold(request: HoldRequest): Promise<HoldOutcome> {
    this.opened()
    requireHold(request)
    return this.#holds.take(request)
  }

  async revise(revision: HoldRevision): Promise<boolean> {
    this.opened()
    requireRevision(revision)
    return this.#holds.revise(revision)
  }

  async holds(): Promise<readonly Hold[]> {
    this.opened()
    return this.#holds.all()
  }

  async noteOutbox(kinds: readonly OutboxKind[]): Promise<void> {
    this.opened()
    this.#outbox.add(kinds)
  }

  async takeOutbox(request: OutboxRequest): Promise<readonly OutboxEntry[]> {
    this.opened()
    return this.#outbox.take(request)
  }

  async clearOutbox(entries: readonly number[]): Promise<void> {
    this.opened()
    this.#outbox.clear(entries)
  }

  onOutbox(listener: () => void): () => void {
    return this.#outbox.listen(listener)
  }

  async fact(kind: string, key: string): Promise<Fact | undefined> {
    this.opened()
    return this.#facts.get(kind, key)
  }

  async facts(kind: string): Promise<readonly Fact[]> {
    this.opened()
    return this.#facts.of(kind)
  }

  async writeFact(fact: Fact): Promise<{ readonly written: boolean; readonly fact: Fact }> {
    this.opened()
    return this.#facts.write(toFactWrite(fact))
  }

  /** @throws {StoreError} `store_closed` */
  protected abstract opened(): Records

  /** A record goes, and what is kept of it with it. */
  protected drop(id: string): void {
    this.#steps.drop(id)
    this.#holds.drop(id)
  }
}
