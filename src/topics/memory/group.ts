import { toRegExp } from '../../core/event-patterns.ts'
import type { TopicEvent, TopicSubscription } from '../../ports/topics.ts'

export interface Member {
  readonly onEvent: (event: TopicEvent) => Promise<void> | void
  /** What it is working on. */
  readonly inHand: Set<Promise<void>>
}

/** How long an event rests whose handler has rejected, in milliseconds. */
const RETRY_AFTER = 100
/** How many events one member works on at once, each of another subject. */
const AT_ONCE = 16

/** A copy of the events, and the members that share it. */
export class MemoryGroup {
  /** What is not done with, in the order of publication; also what is in hand. */
  readonly #events: TopicEvent[] = []
  /** Subjects that have an event in hand: no other of theirs is handed out meanwhile. */
  readonly #busy = new Set<string>()
  /** The first one is the next to be served. */
  readonly #members: Member[] = []
  #pattern: RegExp

  constructor(pattern: string) {
    this.#pattern = toRegExp(pattern)
  }

  add(event: TopicEvent): void {
    if (!this.#pattern.test(event.type)) return
    this.#events.push(event)
    this.#deal()
  }

  join(pattern: string, onEvent: Member['onEvent']): TopicSubscription {
    this.#pattern = toRegExp(pattern)
    const member: Member = { onEvent, inHand: new Set() }
    this.#members.push(member)
    this.#deal()
    return {
      close: async () => {
        const index = this.#members.indexOf(member)
        if (index >= 0) this.#members.splice(index, 1)
        await Promise.all(member.inHand)
        this.#deal()
      },
    }
  }

  #deal(): void {
    for (;;) {
      const member = this.#members.find(({ inHand }) => inHand.size < AT_ONCE)
      const event = member && this.#events.find(({ subject }) => !this.#busy.has(subject))
      if (!event) return
      this.#members.splice(this.#members.indexOf(member), 1)
      this.#members.push(member)
      this.#busy.add(event.subject)
      const work = this.#handOut(member, event)
      member.inHand.add(work)
      void work.finally(() => {
        member.inHand.delete(work)
        this.#deal()
      })
    }
  }

  /** Never rejects: an event whose handler does keeps its place, and comes again. */
  async #handOut({ onEvent }: Member, event: TopicEvent): Promise<void> {
    try {
      // A turn of its own: nobody is called within a call of somebody else.
      await new Promise(setImmediate)
      await onEvent(structuredClone(event))
      this.#events.splice(this.#events.indexOf(event), 1)
      this.#busy.delete(event.subject)
    } catch {
      setTimeout(() => {
        this.#busy.delete(event.subject)
        this.#deal()
      }, RETRY_AFTER)
    }
  }
}
