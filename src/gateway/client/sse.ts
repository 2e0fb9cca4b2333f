/** One message of an event stream, as the standard has it. */
export interface SseMessage {
  readonly id: string | undefined
  readonly event: string
  readonly data: string
}

export interface SseFrame {
  /** Undefined: only a comment, or what follows. */
  readonly message: SseMessage | undefined
  /** Milliseconds that the server wants between two connections. */
  readonly retry: number | undefined
}

const LONGEST = 4_194_304

/** Takes an event stream as it comes, in pieces that end anywhere. */
export class SseReader {
  #rest = ''
  readonly #decoder = new TextDecoder()

  /** What has become complete with these bytes. @throws {RangeError} when a message has no end. */
  read(bytes: Uint8Array): readonly SseFrame[] {
    this.#rest += this.#decoder.decode(bytes, { stream: true })
    // A return at the end may be the first half of an end of line.
    const text = this.#rest.replace(/\r\n|\r(?!$)/g, '\n')
    const blocks = text.split('\n\n')
    this.#rest = blocks.pop() ?? ''
    if (this.#rest.length > LONGEST) throw new RangeError('a message of the stream is too long')
    return blocks.map(toFrame)
  }
}

function toFrame(block: string): SseFrame {
  const fields = { id: undefined as string | undefined, event: 'message', retry: '' }
  const data: string[] = []
  for (const line of block.split('\n')) {
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? []
    if (name === 'data') data.push(value)
    else if (name === 'id' || name === 'event' || name === 'retry') fields[name] = value
  }
  const { id, event } = fields
  const retry = /^\d+$/.test(fields.retry) ? Number(fields.retry) : undefined
  return { message: data.length === 0 ? undefined : { id, event, data: data.join('\n') }, retry }
}
