import type { Channel } from 'rabbitmq-client'
import type { ConsumeOptions, DispatchDelivery } from '../../ports/dispatch.ts'
import { bandQueues } from './bands.ts'
import { type Link, withinPatience } from './connection.ts'
import { acknowledge, giveBack, type Origin, putAside, toDelivery } from './delivery.ts'
import { Hand } from './hand.ts'
import type { Session } from './keeper.ts'
import { countOf, type Lane } from './lane.ts'
import { fromBody } from './message.ts'
import type { Settings } from './options.ts'
import { pull } from './pull.ts'
import { declareDead, declareQueue } from './queues.ts'
import { Watch } from './watch.ts'

/** The most that the broker pushes of one band. */
const MOST_PUSHED = 1_000
/** The room, and the number of messages that wait, from which on streaming pays. */
const STREAMED_FROM = 8
/** Milliseconds after which it is looked at whether streaming is still the thing to do. */
const SUPERVISED_EVERY = 50
/** Milliseconds for which who gave something back leaves it to others. */
const REST = 100

/** Rejects when the broker refuses, or is lost meanwhile. */
export async function openSession(
  link: Link,
  settings: Settings,
  options: ConsumeOptions,
): Promise<Session> {
  const lanes: Lane[] = []
  try {
    for (const band of bandQueues(settings.prefix, options.queue)) {
      lanes.push({ band, channel: await link.acquire() })
    }
    const [first] = lanes
    if (first) await withinPatience(declareAll(first.channel, settings, options.queue))
    return new ConsumerSession(lanes, settings, options)
  } catch (cause) {
    await closeAll(lanes)
    throw cause
  }
}

/**
 * Consumes the bands of one queue over channels that end together, and never has more in hand than
 * its capacity. The broker cannot see to that: it knows a limit for each of its queues and none for
 * several, it goes on with a low band while a high one waits, and what one consumer holds beyond its
 * capacity is kept from others that have nothing to do. So there are three ways to read:
 * - nothing waits: it *watches*, and is pushed what comes into any band;
 * - much waits and there is room: it *streams* the most urgent band that has something, and keeps
 *   one place for each more urgent one;
 * - otherwise it *pulls* what there is room for, the most urgent first.
 */
class ConsumerSession implements Session {
  readonly #lanes: readonly Lane[]
  readonly #settings: Settings
  readonly #options: ConsumeOptions
  readonly #hand: Hand
  #watch: Watch | undefined
  #isResting = false
  #isEnded = false

  constructor(lanes: readonly Lane[], settings: Settings, options: ConsumeOptions) {
    this.#lanes = lanes
    this.#settings = settings
    this.#options = options
    this.#hand = new Hand(options.capacity)
    // The broker ends one channel alone when something was held for too long on it.
    for (const { channel } of lanes) channel.on('close', () => void this.end())
    // A queue was deleted; a new session makes it again.
    for (const { channel } of lanes) channel.on('basic.cancel', () => void this.end())
  }

  /** Until it has ended. Rejects when the broker refuses something. */
  async run(): Promise<void> {
    try {
      while (!this.#isEnded) {
        if (this.#isResting) await this.#rest()
        else if (this.#hand.free === 0) await this.#hand.released()
        else await this.#read()
      }
    } catch (cause) {
      if (!this.#isEnded) throw cause
    }
  }

  /** Everything in hand goes back. */
  async end(): Promise<void> {
    this.#isEnded = true
    this.#watch?.stop()
    this.#hand.wake()
    await closeAll(this.#lanes)
  }

  async #rest(): Promise<void> {
    this.#isResting = false
    await pause(REST)
  }

  async #read(): Promise<void> {
    const counts = await Promise.all(this.#lanes.map(countOf))
    const first = counts.findIndex((count) => count > 0)
    const waiting = counts[first] ?? 0
    const isRoomy = this.#hand.free >= Math.max(STREAMED_FROM, this.#options.capacity / 2)
    if (first < 0) await this.#watchAll()
    else if (isRoomy && waiting >= STREAMED_FROM) await this.#stream(first)
    else await this.#pull(counts)
  }

  /** Takes what it may of what waits, and hands it out. */
  async #pull(counts: readonly number[]): Promise<void> {
    const origins: Origin[] = []
    for (const [index, lane] of this.#lanes.entries()) {
      const most = Math.min(counts[index] ?? 0, this.#hand.free - origins.length)
      if (most > 0) origins.push(...(await pull(lane, most)))
    }
    for (const _ of origins) this.#hand.reserve()
    this.#handOut(origins)
  }

  /** Until there is no place for more, or a band may have more than it may give. */
  async #watchAll(): Promise<void> {
    const even = Math.floor(this.#hand.free / this.#lanes.length)
    const most = Math.min(Math.max(1, even), MOST_PUSHED)
    const shares = this.#lanes.map((lane) => ({ lane, most, ends: true }))
    const isFull = (): boolean => this.#hand.free === 0
    await this.#runWatch(new Watch(shares, { isFull, take: this.#take }))
  }

  /**
   * Until the band is empty, a more urgent one has something, or the band has all of its share and
   * there is room for more: the places that are kept for others are not to stay empty.
   */
  async #stream(index: number): Promise<void> {
    const shares = this.#lanes.slice(0, index + 1).map((lane, at) => {
      const most = at < index ? 1 : Math.min(this.#hand.free - index, MOST_PUSHED)
      return { lane, most, ends: at < index }
    })
    // All shares together are what is free, so there is a place for whatever comes.
    const watch = new Watch(shares, { isFull: () => false, take: this.#take })
    await Promise.all([this.#runWatch(watch), this.#superviseStream(this.#lanes[index], watch)])
  }

  async #superviseStream(lane: Lane | undefined, watch: Watch): Promise<void> {
    while (lane && !watch.isStopped && !this.#isEnded) {
      if (this.#hand.free === 0) await this.#hand.released()
      await Promise.race([pause(SUPERVISED_EVERY), watch.stopped])
      if (watch.isStopped) return
      const hasAll = watch.isExhausted && this.#hand.free > 0
      if (hasAll || (await countOf(lane)) === 0) watch.stop()
    }
  }

  async #runWatch(watch: Watch): Promise<void> {
    this.#watch = watch
    await watch.run()
    this.#watch = undefined
  }

  readonly #take = (origin: Origin, onSettled: () => void): boolean => {
    if (!this.#hand.reserve()) return false
    this.#handOut([origin], onSettled)
    return true
  }

  /** A place is free again. */
  #release(): void {
    this.#hand.release()
    const isMuch = this.#hand.free > Math.max(this.#lanes.length, this.#options.capacity / 4)
    if (isMuch && this.#watch?.isExhausted) this.#watch.stop()
  }

  /** A place is taken for each of them. */
  #handOut(origins: readonly Origin[], onSettled: () => void = () => undefined): void {
    // Those of a session that has ended go to others.
    if (this.#isEnded) return
    const deliveries = origins.flatMap((origin) => this.#toDelivery(origin, onSettled) ?? [])
    deliveries.sort((one, other) => one.priority - other.priority)
    for (const delivery of deliveries) this.#options.onDelivery(delivery)
  }

  /** Undefined for what is no message of ours, which is put aside. */
  #toDelivery(origin: Origin, onSettled: () => void): DispatchDelivery | undefined {
    const settled = (settle: (origin: Origin) => void) => (): void => {
      settle(origin)
      onSettled()
      this.#release()
    }
    const content = fromBody(origin.message.body)
    if (content) {
      return toDelivery(content, origin, {
        acknowledge: settled(acknowledge),
        giveBack: settled(() => this.#giveBack(origin)),
      })
    }
    this.#settings.warn(`a message in queue "${this.#options.queue}" is not ours: it is put aside`)
    settled(putAside)()
    return undefined
  }

  /** To somebody else, who may need a moment to take it. */
  #giveBack(origin: Origin): void {
    this.#isResting = true
    if (this.#watch) this.#watch.giveBack(origin)
    else giveBack(origin)
  }
}

async function declareAll(channel: Channel, settings: Settings, queue: string): Promise<void> {
  await declareDead(channel, settings)
  await declareQueue(channel, settings, queue)
}

/** In order, so that the broker gets what was acknowledged; one that is lost is given up. */
async function closeAll(lanes: readonly Lane[]): Promise<void> {
  await Promise.allSettled(lanes.map(({ channel }) => withinPatience(channel.close())))
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })
}
