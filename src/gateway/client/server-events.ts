import type { RuntimeEvent } from '../../core/events.ts'
import { ConnectionError, ProblemError } from './problem-error.ts'
import { type SseMessage, SseReader } from './sse.ts'
import type { Transport } from './transport.ts'

/** An event as the server tells it; records stand in `data` in the form of their envelope. */
export type ServerEvent = Pick<RuntimeEvent, 'name' | 'at' | 'lineage' | 'data'> & {
  readonly id: string
}

/** Events that will not come any more. */
export interface Loss {
  /** `gap`: those after the last are not kept any more; `dropped`: they came faster than they went. */
  readonly kind: 'gap' | 'dropped'
  readonly data: unknown
}

export interface EventsOptions {
  readonly signal?: AbortSignal | undefined
  /** Those after the event with this id first. */
  readonly lastEventId?: string | undefined
  readonly onLoss?: ((loss: Loss) => void) | undefined
}

/** The server shows a sign of life every 15 s; milliseconds. */
const LONGEST_SILENCE = 45_000
const FIRST_RETRY = 2000
const LONGEST_RETRY = 30_000

/**
 * Events from now on, until the signal aborts or the reader leaves. When the connection is lost, it
 * is made again, and what was told meanwhile comes first.
 */
export async function* readEvents(
  transport: Transport,
  pattern: string,
  options: EventsOptions,
): AsyncGenerator<ServerEvent, void, undefined> {
  const { signal } = options
  const state: State = { lastId: options.lastEventId, retry: FIRST_RETRY, failures: undefined }
  do {
    const leave = new AbortController()
    const both = signal === undefined ? leave.signal : AbortSignal.any([leave.signal, signal])
    try {
      for await (const message of connect(transport, pattern, state, both)) {
        const event = toEvent(message, options)
        if (event !== undefined) yield event
      }
    } catch (error) {
      if (signal?.aborted) return
      failed(error, state, transport)
    } finally {
      leave.abort()
    }
  } while (await waited(transport, state, signal))
}

/** Counts the failures in a row. @throws the error when it is not worth another connection. */
function failed(error: unknown, state: State, { retries }: Transport): void {
  if (!(error instanceof ConnectionError) || state.failures === undefined) throw error
  state.failures += 1
  if (state.failures > retries) throw error
}

/** Whether to go on, after the time that lies between two connections. */
async function waited(
  transport: Transport,
  { retry, failures = 0 }: State,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    await transport.wait(Math.min(LONGEST_RETRY, retry * 2 ** failures), signal)
    return true
  } catch (error) {
    if (signal?.aborted) return false
    throw error
  }
}

interface State {
  lastId: string | undefined
  retry: number
  /** Connections in a row that have failed; undefined: there was none that has not. */
  failures: number | undefined
}

/** One connection. Messages count as heard when the next is asked for. */
async function* connect(
  transport: Transport,
  pattern: string,
  state: State,
  signal: AbortSignal,
): AsyncGenerator<SseMessage, void, undefined> {
  const address = `${transport.url}/api/v1/events?pattern=${encodeURIComponent(pattern)}`
  const headers = {
    accept: 'text/event-stream',
    ...(state.lastId !== undefined && { 'last-event-id': state.lastId }),
  }
  const response = await transport.open(new Request(address, { headers }), signal)
  if (!response.ok) throw await toProblemError(response)
  state.failures = 0
  const chunks = response.body?.getReader()
  if (chunks === undefined) return
  // What reads may wait for bytes that never come, and is to end all the same.
  signal.addEventListener('abort', () => void chunks.cancel().catch(() => {}), { once: true })
  const reader = new SseReader()
  for (;;) {
    const bytes = await nextChunk(transport, chunks)
    if (bytes === undefined) return
    for (const { message, retry } of reader.read(bytes)) {
      state.retry = retry ?? state.retry
      if (message === undefined) continue
      yield message
      state.lastId = message.id ?? state.lastId
    }
  }
}

async function toProblemError(response: Response): Promise<Error> {
  const text = await response.text()
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    // What stands between answers in whatever form it likes; the status says enough.
  }
  return new ProblemError(response, body)
}

/** Undefined at the end. @throws {ConnectionError} when it breaks off, or is silent for too long. */
async function nextChunk(
  { clock, url }: Transport,
  chunks: ReadableStreamDefaultReader<Uint8Array>,
): Promise<Uint8Array | undefined> {
  let isSilent = false
  const cancel = clock.setTimer(clock.now() + LONGEST_SILENCE, () => {
    isSilent = true
    void chunks.cancel()
  })
  try {
    const { value } = await chunks.read()
    if (!isSilent) return value
  } catch (cause) {
    throw new ConnectionError(`the server at ${url} has broken off`, { cause })
  } finally {
    cancel()
  }
  throw new ConnectionError(`the server at ${url} has fallen silent`)
}

/** Undefined for what is no event of the runtime. */
function toEvent({ event, data }: SseMessage, { onLoss }: EventsOptions): ServerEvent | undefined {
  if (event === 'gap' || event === 'dropped') onLoss?.({ kind: event, data: JSON.parse(data) })
  return event === 'message' ? (JSON.parse(data) as ServerEvent) : undefined
}
