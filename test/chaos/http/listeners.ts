import { Agent, get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'

const ASK_EVERY = 1000

/** A client that listens to events. */
export interface Listener {
  /** Events of tasklets that were completed, by their ids. */
  readonly completed: ReadonlySet<string>
  /** How often the server has said that some are missing. */
  readonly gaps: number
  /** Undefined while it listens, else how that ended. */
  readonly ending: string | undefined
  close(): void
}

/** Resolves when it listens. @throws when it is refused. */
export function listen(port: number, pattern: string): Promise<Listener> {
  const { promise, resolve, reject } = Promise.withResolvers<Listener>()
  const agent = new Agent()
  const path = `/api/v1/events?pattern=${encodeURIComponent(pattern)}`
  const request = get({ host: '127.0.0.1', port, agent, path })
  const heard = { completed: new Set<string>(), gaps: 0, ending: undefined as string | undefined }
  request.on('error', (error) => {
    heard.ending ??= error.message
    reject(error)
  })
  request.on('response', (response) => {
    if (response.statusCode !== 200) {
      reject(new Error(`a listener was refused with ${response.statusCode}`))
      request.destroy()
      return
    }
    hear(response, heard)
    const close = () => {
      heard.ending ??= 'closed by the client'
      request.destroy()
    }
    resolve(Object.defineProperty(heard, 'close', { value: close }) as typeof heard & Listener)
  })
  return promise
}

interface Heard {
  readonly completed: Set<string>
  gaps: number
  ending: string | undefined
}

function hear(response: IncomingMessage, heard: Heard): void {
  let rest = ''
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    const blocks = (rest + chunk).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) hearBlock(block, heard)
  })
  response.on('error', ({ message }) => {
    heard.ending ??= message
  })
  response.on('end', () => {
    heard.ending ??= 'ended by the server'
  })
}

function hearBlock(block: string, heard: Heard): void {
  if (/^event: ?(?:gap|dropped)$/m.test(block)) heard.gaps += 1
  if (!/"tasklet\.completed"|^event: ?tasklet\.completed$/m.test(block)) return
  const data = /^data: ?(.*)$/m.exec(block)?.[1]
  if (data === undefined) return
  const event = JSON.parse(data) as { data: { tasklet: { id: string } } }
  heard.completed.add(event.data.tasklet.id)
}

/** Asks for every event, and never reads one. */
export function neverRead(port: number): { readonly isCut: () => boolean; close(): void } {
  const socket = connect(port, '127.0.0.1')
  let isCut = false
  socket.pause()
  socket.on('error', () => {
    isCut = true
  })
  socket.on('close', () => {
    isCut = true
    clearInterval(asking)
  })
  socket.write('GET /api/v1/events?pattern=** HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
  // Who does not read learns of the end of a connection only when a write fails.
  const asking = setInterval(() => socket.write('\r\n'), ASK_EVERY)
  return { isCut: () => isCut, close: () => void socket.destroy() }
}
