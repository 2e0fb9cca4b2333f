import type { Tasklet } from '../../core/tasklet.ts'
import type { Log } from '../../plan/handler.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Reports } from '../reports.ts'
import type { BrokerState } from './broker-link.ts'
import type { DispatchedWork } from './dispatched-work.ts'

/** What each part is given. */
export interface PartServices {
  readonly clock: Clock
  readonly owner: string
  readonly random: () => number
  readonly logger: Log
  readonly reports: Reports
}

/** The way to one broker, as it begins and ends with the runtime. */
export interface BrokerPart {
  readonly state: BrokerState
  /** Before anything in the store is changed. A broker that is away keeps nothing from starting. */
  open(): Promise<void>
  start(): Promise<void>
  /** Every now and then: makes good what went wrong. */
  beat(): Promise<void>
  /** Nothing more is taken in. */
  drain(): Promise<void>
  close(): Promise<void>
}

export interface DistributionServices extends Pick<PartServices, 'clock' | 'reports'> {
  /** Milliseconds between two beats. */
  readonly interval: number
  readonly work: DispatchedWork | undefined
}

/** The ways of this process to its brokers, if it has any. */
export class Distribution {
  readonly work: DispatchedWork | undefined
  readonly #services: DistributionServices
  readonly #parts: BrokerPart[]
  #beating: Promise<unknown> | undefined
  #draining: Promise<unknown> | undefined
  #disarm: (() => void) | undefined

  constructor(services: DistributionServices, parts: readonly BrokerPart[]) {
    this.work = services.work
    this.#services = services
    this.#parts = [...parts]
  }

  get brokers(): readonly BrokerState[] {
    return this.#parts.map(({ state }) => state)
  }

  /** One more, before anything is opened. */
  add(part: BrokerPart): void {
    this.#parts.push(part)
  }

  async open(): Promise<void> {
    for (const part of this.#parts) await part.open()
  }

  start(): void {
    if (this.#parts.length === 0) return
    this.#beating = this.#each('start', (part) => part.start())
    this.#scheduleBeat()
  }

  /** Something that may have kept work of the queue back has changed. */
  stirred(queue: string): void {
    this.work?.stirred(queue)
  }

  /** The delivery of this record, as it was leased, is over. */
  ended({ id, queue, lease }: Tasklet): void {
    if (lease !== undefined) this.work?.ended(queue, { id, token: lease.token })
  }

  /** Nothing more is taken in; what is told of the work that still runs goes on. */
  drain(): void {
    this.#draining ??= this.#each('drain', (part) => part.drain())
  }

  async close(): Promise<void> {
    this.#disarm?.()
    this.drain()
    await this.#draining
    await this.#beating
    await this.#each('close', (part) => part.close())
  }

  #scheduleBeat(): void {
    const { clock, interval } = this.#services
    this.#disarm = clock.setTimer(clock.now() + interval, () => {
      void this.#beat()
      this.#scheduleBeat()
    })
  }

  async #beat(): Promise<void> {
    if (this.#draining !== undefined) return
    await this.#beating
    this.#beating = this.#each('beat', (part) => part.beat())
    await this.#beating
  }

  /** A part that fails is reported, and keeps no other from its turn. */
  async #each(operation: string, act: (part: BrokerPart) => Promise<void>): Promise<void> {
    await Promise.all(
      this.#parts.map(async (part) => {
        try {
          await act(part)
        } catch (error) {
          const { role, name } = part.state
          const message = `the broker for ${role} (${name}) failed to ${operation}`
          this.#services.reports.failed(new Error(message, { cause: error }))
        }
      }),
    )
  }
}
