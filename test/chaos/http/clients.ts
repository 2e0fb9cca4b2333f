import { Agent, request as toRequest } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { Witness } from '../witness.ts'
import { dependencyOf, kindOf } from '../work.ts'

export interface ClientsOptions {
  readonly port: number
  readonly clients: number
  /** Milliseconds. */
  readonly duration: number
  readonly witness: Witness
}

/** What the clients have seen. */
export interface Seen {
  /** Milliseconds of each read that was answered. */
  readonly reads: number[]
  readonly submissions: number[]
  refused: number
  readonly wrong: string[]
}

interface Shared extends Seen {
  readonly options: ClientsOptions
  readonly agent: Agent
  readonly ids: Map<number, Promise<string>>
  next: number
}

/** Each client hands in work and looks after it, about once in so many milliseconds. */
const CYCLE = 1000
const PATIENCE = 10_000

export async function runClients(options: ClientsOptions): Promise<Seen> {
  const agent = new Agent({ keepAlive: true })
  const seen = { reads: [], submissions: [], refused: 0, wrong: [] }
  const shared: Shared = Object.assign(seen, { options, agent, ids: new Map(), next: 0 })
  const until = performance.now() + options.duration
  const clients = Array.from({ length: options.clients }, async (_, index) => {
    await pause((index / options.clients) * CYCLE)
    while (performance.now() < until) {
      const begin = performance.now()
      await cycle(shared)
      await pause(Math.max(0, CYCLE - (performance.now() - begin)))
    }
  })
  await Promise.all(clients)
  agent.destroy()
  return shared
}

async function cycle(shared: Shared): Promise<void> {
  const n = shared.next
  shared.next += 1
  const submitted = submit(shared, n)
  shared.ids.set(n, submitted)
  const id = await submitted
  if (id === '') return
  await read(shared, `/tasks/${id}`)
  await read(shared, '/tasks?limit=20')
  await read(shared, n % 2 === 0 ? '/stats' : '/queues')
}

/** The id of the work; the empty text when it could not be handed in. */
async function submit(shared: Shared, n: number): Promise<string> {
  const before = dependencyOf(n)
  const dependency = before === undefined ? undefined : await shared.ids.get(before)
  const body = {
    task: `chaos/${kindOf(n)}`,
    input: { n },
    options: {
      idempotencyKey: `work-${n}`,
      dependsOn: dependency === undefined ? [] : [dependency],
    },
  }
  for (;;) {
    const { status, taken, text, retryAfter } = await call(shared, 'POST', '/tasks', body)
    if (status === 202) {
      const { id } = JSON.parse(text) as { id: string }
      shared.options.witness.write({ what: 'acknowledged', n, id })
      shared.submissions.push(taken)
      return id
    }
    if (status !== 429) {
      shared.wrong.push(`work ${n}: ${status} ${text.slice(0, 200)}`)
      return ''
    }
    shared.refused += 1
    await pause(retryAfter * 1000)
  }
}

async function read(shared: Shared, path: string): Promise<void> {
  const { status, taken, text } = await call(shared, 'GET', path)
  if (status === 200) shared.reads.push(taken)
  else shared.wrong.push(`${path}: ${status} ${text.slice(0, 200)}`)
}

interface Answered {
  /** 0 without an answer. */
  readonly status: number
  readonly taken: number
  readonly text: string
  /** Seconds. */
  readonly retryAfter: number
}

function call(
  { options, agent }: Shared,
  method: string,
  path: string,
  body?: object,
): Promise<Answered> {
  const { promise, resolve } = Promise.withResolvers<Answered>()
  const begin = performance.now()
  const { port } = options
  const end = (status: number, text: string, retryAfter = 1) =>
    resolve({ status, text, retryAfter, taken: performance.now() - begin })
  const headers = body === undefined ? {} : { 'content-type': 'application/json' }
  const sent = toRequest({
    host: '127.0.0.1',
    port,
    agent,
    method,
    path: `/api/v1${path}`,
    headers,
    timeout: PATIENCE,
  })
  sent.on('timeout', () => sent.destroy(new Error('no answer in time')))
  sent.on('error', ({ message }) => end(0, message))
  sent.on('response', (response) => {
    let text = ''
    response.setEncoding('utf8')
    response.on('data', (chunk: string) => {
      text += chunk
    })
    const retryAfter = Number(response.headers['retry-after'] ?? 1)
    response.on('error', ({ message }) => end(0, message))
    response.on('end', () => end(response.statusCode ?? 0, text, retryAfter))
  })
  sent.end(body === undefined ? undefined : JSON.stringify(body))
  return promise
}
