import { InputError } from '../../core/errors.ts'
import { eventNameIssue } from '../../core/event-names.ts'
import { toJson } from '../../core/json.ts'
import type { Store } from '../../ports/store.ts'
import type { Fact } from '../../ports/store-messages.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { Waits } from './waits.ts'

/** The kind of the facts that stand for events from outside; their keys are UUIDv7. */
const MAIL_FACT = 'event'

/** An event that somebody without a runtime tells. */
export interface Mail {
  readonly name: string
  readonly data: unknown
  /** Milliseconds since the epoch. */
  readonly at: number
}

/**
 * Leaves an event for the runtimes on the store, of which one emits it on its bus. `id`: UUIDv7.
 * @throws {InputError} for a name that only the runtime may use, and for data that JSON cannot hold.
 */
export async function postMail(
  store: Pick<Store, 'writeFact'>,
  id: string,
  { name, data, at }: Mail,
): Promise<void> {
  const issue = eventNameIssue(name)
  if (issue !== undefined) throw new InputError(issue)
  const value = { name, at, data: toJson(data, `event "${name}": data`) }
  await store.writeFact({ kind: MAIL_FACT, key: id, value, version: 0 })
}

export interface MailboxServices {
  readonly store: Pick<Store, 'facts' | 'writeFact'>
  readonly bus: EventBus
  readonly waits: Pick<Waits, 'arrived' | 'unheard' | 'refresh'>
  failed(error: unknown): void
  storeFailed(operation: string, error: unknown): void
}

/**
 * Takes events that were told from outside this process. Those who wait durably get them before they
 * leave the store, so none is lost to a crash; on the bus each is told at most once, by whoever took
 * it out.
 */
export class Mailbox {
  readonly #services: MailboxServices
  #taking: Promise<void> | undefined
  #isOpen = false

  constructor(services: MailboxServices) {
    this.#services = services
  }

  /** From now on everybody who listens does. */
  open(): void {
    this.#isOpen = true
    this.take().catch((error) => this.#services.storeFailed('take events', error))
  }

  /** Resolves when what is being delivered has been. */
  async close(): Promise<void> {
    this.#isOpen = false
    await this.#taking?.catch(() => {})
  }

  /** Delivers what has come, oldest first. Rejects as the store does. */
  async take(): Promise<void> {
    while (this.#taking !== undefined) await this.#taking.catch(() => {})
    if (!this.#isOpen) return
    this.#taking = this.#takeAll()
    try {
      await this.#taking
    } finally {
      this.#taking = undefined
    }
  }

  async #takeAll(): Promise<void> {
    const { store, waits } = this.#services
    const mail = await store.facts(MAIL_FACT)
    // Whoever waits by now, in whatever process, is to get it.
    if (mail.length > 0) await waits.refresh()
    for (const fact of mail) if (this.#isOpen) await this.#deliver(fact)
  }

  async #deliver(fact: Fact): Promise<void> {
    const { store, bus, waits, failed } = this.#services
    const mail = toMail(fact.value)
    if (mail !== undefined) await waits.arrived(bus.toEvent(mail.name, mail.data, mail.at))
    const { written } = await store.writeFact({ ...fact, value: undefined })
    if (!written) return
    if (mail === undefined) {
      failed(new InputError(`what was left as event ${fact.key} is no event: it was thrown away`))
      return
    }
    waits.unheard(() => bus.publish(mail.name, mail.data))
  }
}

function toMail(value: unknown): Mail | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { name, data, at } = value as Partial<Mail>
  if (typeof at !== 'number' || name === undefined) return undefined
  return eventNameIssue(name) === undefined ? { name, data, at } : undefined
}
