import type { RuntimeEvent } from '../../core/events.ts'
import { redact } from '../../core/redaction.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import { toEnvelope } from '../../runtime/envelope/envelope.ts'

/** An event as it goes over the wire; made once, whoever listens. */
export interface Entry {
  /** That of its lineage: UUIDv7, growing within one process. */
  readonly id: string
  readonly name: string
  /** One message of the stream, with the empty line that ends it. */
  readonly text: string
}

/** Characters of data; of more, listeners are told only what it was about. */
const LONGEST_DATA = 65_536

/**
 * Records stand in their envelope, as they travel everywhere; what has the name of a secret is left
 * out. Data that is too long is replaced by `{truncated: true, length, taskletId?}`.
 */
export function toEntry(event: RuntimeEvent): Entry {
  const { name, at, lineage } = event
  const { id } = lineage
  const data = JSON.stringify(redact(withEnvelope(event.data)) ?? null)
  const shown =
    data.length <= LONGEST_DATA ? data : JSON.stringify(summary(event.data, data.length))
  const head = JSON.stringify({ id, name, at, lineage })
  return { id, name, text: `id: ${id}\ndata: ${head.slice(0, -1)},"data":${shown}}\n\n` }
}

/** A message that is no event of the runtime; it has no id, so that resuming does not begin at it. */
export function toNotice(name: 'gap' | 'dropped' | 'end', data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}

function withEnvelope(data: unknown): unknown {
  const tasklet = taskletOf(data)
  return tasklet === undefined ? data : { ...(data as object), ...toEnvelope(tasklet) }
}

function summary(data: unknown, length: number): object {
  return { truncated: true, length, taskletId: taskletOf(data)?.id }
}

function taskletOf(data: unknown): Tasklet | undefined {
  const { tasklet } = (data ?? {}) as { readonly tasklet?: unknown }
  const isRecord = typeof tasklet === 'object' && tasklet !== null && 'id' in tasklet
  return isRecord ? (tasklet as Tasklet) : undefined
}
