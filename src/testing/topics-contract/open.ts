import { expect, onTestFinished, vi } from 'vitest'
import type { TopicEvent, TopicSubscription, Topics } from '../../ports/topics.ts'

/** One broker, new and empty, and what a test does with it. */
export interface TopicsRoom {
  /** New topics on this broker, not yet open: as another process would have them. */
  connect(): Topics
  /** Cuts what these topics are connected by, for good, as when their process dies. */
  sever?(topics: Topics): Promise<void> | void
  /** Stops the broker; it keeps its events. */
  stop?(): Promise<void> | void
  start?(): Promise<void> | void
}

/** The suite closes the topics; whoever makes a room clears it away. */
export type MakeTopicsRoom = () => TopicsRoom | Promise<TopicsRoom>

/** How long anything may take that an engine does by itself: a reconnection, another's turn. */
export const PATIENCE = { timeout: 15_000, interval: 20 }

export async function openTopics(room: TopicsRoom): Promise<Topics> {
  const topics = room.connect()
  await topics.open()
  onTestFinished(() => topics.close())
  return topics
}

export async function openNewTopics(makeRoom: MakeTopicsRoom): Promise<Topics> {
  return openTopics(await makeRoom())
}

export function newEvent(values: Partial<TopicEvent> = {}): TopicEvent {
  return {
    specversion: '1.0',
    id: crypto.randomUUID(),
    source: '/setpoint/kiln/fire',
    type: 'task.completed',
    subject: crypto.randomUUID(),
    time: '2030-01-31T08:00:00.000Z',
    datacontenttype: 'application/json',
    data: { plan: 'kiln', task: 'fire' },
    ...values,
  }
}

/** Events whose ids are told, of one subject each unless one is given. */
export function eventsOf(ids: readonly string[], values: Partial<TopicEvent> = {}): TopicEvent[] {
  return ids.map((id) => newEvent({ id, ...values }))
}

export interface Reader {
  /** Everything that was given to the handler, in this order. */
  readonly events: TopicEvent[]
  ids(): string[]
  /** Waits until events with so many ids have come. */
  reach(count: number): Promise<TopicEvent[]>
  close(): Promise<void>
}

/** A member of a group that writes down what it is given, and then does as it is told. */
export async function openReader(
  topics: Topics,
  group: string,
  options: { pattern?: string; onEvent?: (event: TopicEvent) => Promise<void> | void } = {},
): Promise<Reader> {
  const events: TopicEvent[] = []
  const { pattern, onEvent } = options
  const subscription: TopicSubscription = await topics.subscribe({
    group,
    pattern,
    onEvent(event) {
      events.push(event)
      return onEvent?.(event)
    },
  })
  const ids = (): string[] => events.map(({ id }) => id)
  return {
    events,
    ids,
    async reach(count) {
      await vi.waitFor(
        () => expect(new Set(ids()).size, ids().join()).toBeGreaterThanOrEqual(count),
        PATIENCE,
      )
      return events
    },
    close: () => subscription.close(),
  }
}

/** A promise that a test resolves when it likes; it never stays open after the test. */
export function newGate(): { readonly passed: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  onTestFinished(() => resolve())
  return { passed: promise, open: resolve }
}
