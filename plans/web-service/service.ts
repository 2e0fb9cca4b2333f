import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Intake, type IntakeState } from './intake.ts'
import type { Items } from './items.ts'

export interface ServiceOptions {
  readonly items: Items
  readonly runId: string
  /** Ends the service once what is under way has been answered. */
  readonly stop: () => void
}

/** What `GET /health` answers. */
export interface Health {
  readonly state: IntakeState
  readonly runId: string
  readonly pid: number
  /** Seconds. */
  readonly uptime: number
}

interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Record<string, string>
}

type Handler = (request: IncomingMessage, url: URL) => Answer | Promise<Answer>

const LARGEST_BODY = 16 * 1024
const LONGEST_NAME = 200
const LARGEST_PAGE = 100

/** A refusal that the client is told about. */
class Refusal extends Error {
  readonly status: number
  readonly headers: Record<string, string>

  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

/** The HTTP service over its data; it does not listen yet. */
export function createService({ items, runId, stop }: ServiceOptions): Server {
  const intake = new Intake()
  const health = (): Health => {
    return { state: intake.state, runId, pid: process.pid, uptime: process.uptime() }
  }

  const admin =
    (command: () => unknown, status = 200): Handler =>
    async (request) => {
      const meant = request.headers['x-run-id']
      if (meant !== undefined && meant !== runId) {
        throw new Refusal(409, `this is run ${runId}, not ${meant}`)
      }
      await command()
      return { status, body: health() }
    }

  const routes: Record<string, Record<string, Handler>> = {
    '/health': { GET: () => ({ status: 200, body: health() }) },
    '/items': {
      GET: () => ({ status: 200, body: { items: items.list(LARGEST_PAGE), total: items.count() } }),
      POST: (request) => whileOpen(intake, () => addItem(items, request)),
    },
    '/items/:id': { GET: (_, url) => getItem(items, url) },
    '/admin/drain': { POST: admin(() => intake.close()) },
    '/admin/resume': { POST: admin(() => intake.open()) },
    '/admin/stop': { POST: admin(stop, 202) },
  }

  const server = createServer((request, response) => {
    void answer(routes, request).then((reply) => {
      // A connection that is kept alive would keep a stopping server alive with it.
      const closing = server.listening ? {} : { connection: 'close' }
      send(response, { ...reply, headers: { ...reply.headers, ...closing } })
    })
  })
  return server
}

async function answer(
  routes: Record<string, Record<string, Handler>>,
  request: IncomingMessage,
): Promise<Answer> {
  try {
    const url = URL.parse(request.url ?? '', 'http://localhost')
    if (url === null) throw new Refusal(400, 'the path cannot be read')
    const methods = routes[url.pathname.replace(/^\/items\/\d+$/, '/items/:id')]
    if (methods === undefined) throw new Refusal(404, `there is nothing at ${url.pathname}`)
    const handler = methods[request.method ?? '']
    const allow = Object.keys(methods).join(', ')
    if (handler === undefined) throw new Refusal(405, `only ${allow} here`, { allow })
    return await handler(request, url)
  } catch (error) {
    if (error instanceof Refusal) {
      return { status: error.status, body: { error: error.message }, headers: error.headers }
    }
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
    return { status: 500, body: { error: 'the server failed' } }
  }
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(`${JSON.stringify(body)}\n`)
}

async function whileOpen(intake: Intake, write: () => Promise<Answer>): Promise<Answer> {
  if (!intake.enter()) {
    throw new Refusal(503, `the service is ${intake.state}`, { 'retry-after': '5' })
  }
  try {
    return await write()
  } finally {
    intake.leave()
  }
}

async function addItem(items: Items, request: IncomingMessage): Promise<Answer> {
  const { name } = await readObject(request)
  if (typeof name !== 'string' || name === '' || name.length > LONGEST_NAME) {
    throw new Refusal(400, `an item has a name of 1 to ${LONGEST_NAME} characters`)
  }
  const item = items.add(name)
  return { status: 201, body: item, headers: { location: `/items/${item.id}` } }
}

function getItem(items: Items, url: URL): Answer {
  const id = Number(url.pathname.split('/').at(-1))
  const item = Number.isSafeInteger(id) ? items.get(id) : undefined
  if (item === undefined) throw new Refusal(404, `there is no item ${id}`)
  return { status: 200, body: item }
}

async function readObject(request: IncomingMessage): Promise<Record<string, unknown>> {
  const text = await readText(request)
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new Refusal(400, 'the body is not a JSON object')
}

/** Reads on to the end of a body that is too long: the client hears of it only then. */
async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request) {
      size += chunk.length
      if (size <= LARGEST_BODY) chunks.push(chunk)
    }
  } catch {
    throw new Refusal(400, 'the body ended early')
  }
  if (size > LARGEST_BODY) throw new Refusal(413, `a body has at most ${LARGEST_BODY} bytes`)
  return Buffer.concat(chunks).toString('utf8')
}
