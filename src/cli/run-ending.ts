import { TaskletError } from '../core/errors.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { Listenable } from '../runtime/events/events.ts'
import type { TaskletHandle } from '../runtime/intake/handle.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { INTERRUPTED, type InterruptSignal, type Io } from './io.ts'
import type { Screen } from './screen.ts'

export interface Ended {
  readonly tasklet: Tasklet
  /** The first signal by which the user asked to stop. */
  readonly signal: InterruptSignal | undefined
}

/**
 * The record of the tasklet once it is final. The first interrupt cancels the tasklet and goes on
 * waiting, the second ends the process.
 */
export async function settledOrCancelled(
  runtime: Runtime,
  handle: TaskletHandle,
  io: Io,
  screen: Screen,
): Promise<Ended> {
  let first: InterruptSignal | undefined
  const stopListening = io.onInterrupt((signal) => {
    if (first !== undefined) {
      exitNow(io, screen, INTERRUPTED[signal])
      return
    }
    first = signal
    screen.line('cancelling and waiting for the end; the same again exits at once')
    runtime.cancel(handle.id, `interrupted by ${signal}`).catch((error: unknown) => {
      screen.line(`cannot cancel: ${error instanceof Error ? error.message : String(error)}`)
    })
  })
  try {
    return { tasklet: await settled(runtime, handle), signal: first }
  } finally {
    stopListening()
  }
}

async function settled(runtime: Runtime, handle: TaskletHandle): Promise<Tasklet> {
  try {
    await handle.result()
  } catch (error) {
    // How it ended stands in its record; anything else means that the end is not known.
    if (!(error instanceof TaskletError)) throw error
  }
  const tasklet = await runtime.get(handle.id)
  if (tasklet === undefined) throw new Error(`tasklet ${handle.id} has ended and has no record`)
  return tasklet
}

const DRAIN = '30s'

const OVER = ['completed', 'failed', 'cancelled', 'retrying', 'pending', 'scheduled'] as const

/** Ids of the tasklets that this process is working on. */
export function trackRunning(events: Listenable): ReadonlySet<string> {
  const running = new Set<string>()
  events.on('tasklet.phase', ({ data }) => running.add(data.taskletId))
  for (const status of OVER) {
    events.on(`tasklet.${status}`, ({ data }) => running.delete(data.tasklet.id))
  }
  events.on('lease.lost', ({ data }) => running.delete(data.taskletId))
  return running
}

/** Lets what else is running end; an interrupt exits at once, and the next run takes it up again. */
export async function stopGently(
  runtime: Runtime,
  running: ReadonlySet<string>,
  io: Io,
  screen: Screen,
): Promise<void> {
  const stopListening = io.onInterrupt((signal) => exitNow(io, screen, INTERRUPTED[signal]))
  if (running.size > 0) {
    const others = running.size === 1 ? '1 other tasklet' : `${running.size} other tasklets`
    screen.activity(`letting ${others} end, for ${DRAIN} at most; Ctrl-C exits at once`, 'draining')
  }
  try {
    await runtime.stop({ drain: DRAIN })
  } finally {
    stopListening()
  }
}

function exitNow(io: Io, screen: Screen, code: number): void {
  screen.close()
  io.exit(code)
}
