import type { Tally } from '../../ports/store-messages.ts'

/** What came in and went out of one queue, one number for each minute of the window, oldest first. */
export interface Throughput {
  readonly queue: string
  readonly in: readonly number[]
  readonly out: readonly number[]
}

const MINUTE = 60_000
const MOST_MINUTES = 30

/** Of each queue, as far back as the window goes but half an hour at the most; milliseconds. */
export function toThroughputs(
  tallies: readonly Tally[],
  queues: readonly string[],
  { at, window }: { readonly at: number; readonly window: number },
): readonly Throughput[] {
  const count = Math.min(MOST_MINUTES, Math.max(1, Math.ceil(window / MINUTE)))
  const first = (Math.floor(at / MINUTE) - count + 1) * MINUTE
  return queues.map((queue) => toThroughput(queue, tallies, first, count))
}

function toThroughput(
  queue: string,
  tallies: readonly Tally[],
  first: number,
  count: number,
): Throughput {
  const own = new Map(
    tallies.filter((tally) => tally.queue === queue).map((tally) => [tally.minute, tally]),
  )
  const each = Array.from({ length: count }, (_, index) => own.get(first + index * MINUTE))
  return {
    queue,
    in: each.map((tally) => tally?.submitted ?? 0),
    out: each.map((tally) =>
      tally === undefined ? 0 : tally.completed + tally.failed + tally.cancelled,
    ),
  }
}
