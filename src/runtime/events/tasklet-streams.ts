import type { RuntimeEvent } from '../../core/events.ts'
import { isFinal } from '../../core/status.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { EventBus } from './event-bus.ts'
import { toLimits } from './event-queue.ts'
import { EventStream, endOnAbort } from './event-stream.ts'

export interface TaskletStreamServices {
  readonly bus: EventBus
  get(id: string): Promise<Tasklet | undefined>
  /** Settles when the tasklet has, in whatever process; rejects when nobody will tell. */
  output(id: string): Promise<unknown>
}

/** Under these names the runtime tells about single tasklets. */
const PATTERNS = [
  'tasklet.*',
  'lease.lost',
  'world.detected',
  'path.found',
  'transition.*',
  'step.*',
] as const
const LIMITS = toLimits()

/** The events of single tasklets, for those who follow one until it has settled. */
export class TaskletStreams {
  readonly #services: TaskletStreamServices
  readonly #streams = new Map<string, Set<EventStream>>()
  #leave: readonly (() => void)[] = []

  constructor(services: TaskletStreamServices) {
    this.#services = services
  }

  /** Its last event is that of its end; of one that has settled already it is the only one. */
  open(id: string, signal: AbortSignal | undefined): EventStream {
    const { bus, output } = this.#services
    const leaves: (() => void)[] = []
    const stream = new EventStream(LIMITS, {
      overflowed: (dropped) => bus.overflowed(`events of tasklet ${id}`, LIMITS, dropped),
      left: () => {
        this.#remove(id, stream)
        for (const leave of leaves) leave()
      },
    })
    this.#add(id, stream)
    leaves.push(bus.onClose(() => stream.end()))
    leaves.push(endOnAbort(stream, signal))
    const settled = () => this.#endOf(id, stream)
    output(id).then(settled, settled)
    return stream
  }

  readonly #hear = (event: RuntimeEvent): void => {
    const { tasklet, taskletId } = event.data as {
      readonly tasklet?: Tasklet
      readonly taskletId?: string
    }
    const id = tasklet?.id ?? taskletId
    if (id === undefined) return
    for (const stream of this.#streams.get(id) ?? []) {
      stream.push(event)
      if (tasklet !== undefined && isFinal(tasklet.status)) stream.end()
    }
  }

  /** Where the end was not told on this bus: it settled before, or in another process. */
  async #endOf(id: string, stream: EventStream): Promise<void> {
    const { bus, get } = this.#services
    // The end that is told here is told in the same turn as the output.
    if (!stream.isOpen) return
    const tasklet = await get(id).catch(() => undefined)
    if (tasklet !== undefined && isFinal(tasklet.status)) {
      stream.push(bus.toEvent(`tasklet.${tasklet.status}`, { tasklet }, tasklet.settledAt))
    }
    stream.end()
  }

  #add(id: string, stream: EventStream): void {
    if (this.#streams.size === 0) {
      this.#leave = PATTERNS.map((pattern) => this.#services.bus.on(pattern, this.#hear))
    }
    const streams = this.#streams.get(id) ?? new Set()
    this.#streams.set(id, streams.add(stream))
  }

  #remove(id: string, stream: EventStream): void {
    const streams = this.#streams.get(id)
    streams?.delete(stream)
    if (streams?.size === 0) this.#streams.delete(id)
    if (this.#streams.size > 0) return
    for (const leave of this.#leave) leave()
    this.#leave = []
  }
}
