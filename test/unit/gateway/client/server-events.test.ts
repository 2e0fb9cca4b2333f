import { expect, test } from 'vitest'
import { createClient } from '../../../../src/gateway/client/client.ts'
import type { Loss } from '../../../../src/gateway/client/server-events.ts'
import { createGateway } from '../../../../src/http.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

const message = (id: string) =>
  `id: ${id}\ndata: ${JSON.stringify({ id, name: 'order.paid', at: 1, data: id })}\n\n`

/** A client whose connections to the stream tell these texts; the last stays open if it has no end. */
function streamOf(...connections: (readonly string[] | Error | Response)[]) {
  const clock = new ManualClock()
  const asked: (string | null)[] = []
  const fetch = async (request: Request): Promise<Response> => {
    const next = connections[asked.length]
    asked.push(request.headers.get('last-event-id'))
    if (next === undefined) return new Response(new ReadableStream())
    if (next instanceof Error) throw next
    if (next instanceof Response) return next
    return new Response(next.join(''))
  }
  return { clock, asked, client: createClient('http://server', undefined, { clock, fetch }) }
}

test('after the end of a connection it goes on behind the last event', async () => {
  const { client, clock, asked } = streamOf([message('1'), message('2')], [message('3')])
  const leave = new AbortController()
  const seen: string[] = []
  const reading = (async () => {
    for await (const { id } of client.events('order.*', { signal: leave.signal })) seen.push(id)
  })()
  for (let second = 0; second < 6; second += 1) {
    await allDone()
    await clock.advance('1s')
  }
  expect(seen).toEqual(['1', '2', '3'])
  expect(asked.slice(0, 3)).toEqual([null, '2', '3'])
  leave.abort()
  await reading
})

test('events that will not come are told apart from those that do', async () => {
  const gap = 'event: gap\ndata: {"after":"0"}\n\n'
  const { client } = streamOf([gap, message('9')])
  const losses: Loss[] = []
  const options = { lastEventId: '0', onLoss: (loss: Loss) => void losses.push(loss) }
  for await (const { id } of client.events('**', options)) {
    expect(id).toBe('9')
    break
  }
  expect(losses).toEqual([{ kind: 'gap', data: { after: '0' } }])
})

test('a refusal ends it, and so does a server that was never there', async () => {
  const body = JSON.stringify({ code: 'unauthorized', detail: 'a token is needed' })
  const { client } = streamOf(new Response(body, { status: 401 }))
  await expect(client.events().next()).rejects.toMatchObject({ code: 'unauthorized', status: 401 })
  const gone = streamOf(new TypeError('fetch failed'))
  await expect(gone.client.events().next()).rejects.toMatchObject({ code: 'unreachable' })
})

test('a stream that has fallen silent is opened anew', async () => {
  const { client, clock, asked } = streamOf()
  const leave = new AbortController()
  const next = client.events('**', { signal: leave.signal }).next()
  for (let minute = 0; minute < 2; minute += 1) {
    await allDone()
    await clock.advance('1m')
  }
  expect(asked.length).toBeGreaterThan(1)
  leave.abort()
  expect(await next).toEqual({ done: true, value: undefined })
})

test('what a runtime tells is read through its gateway', async () => {
  const { runtime } = await startRuntime(planOf({ work: () => 1 }))
  const app = createGateway(runtime)
  const fetch = async (request: Request) => app.fetch(request)
  const client = createClient('http://127.0.0.1', undefined, { fetch })
  const events = client.events('order.*')
  let isHeard = false
  const next = events.next().finally(() => {
    isHeard = true
  })
  while (!isHeard) {
    runtime.events.emit('order.paid', { total: 7, password: 'x' })
    await allDone()
  }
  const { value } = await next
  expect(value).toMatchObject({ name: 'order.paid', data: { total: 7 } })
  expect(JSON.stringify(value)).not.toContain('"x"')
  await events.return()
})
