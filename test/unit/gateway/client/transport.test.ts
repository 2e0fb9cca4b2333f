import { expect, test } from 'vitest'
import { createClient } from '../../../../src/gateway/client/client.ts'
import { ConnectionError, ProblemError } from '../../../../src/gateway/client/problem-error.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'

type Answer = (request: Request) => Response | Promise<Response>

/** A client whose requests get these answers, the last one again and again. */
function clientOf(...answers: Answer[]) {
  const clock = new ManualClock()
  const sent: Request[] = []
  const fetch = async (request: Request): Promise<Response> => {
    const answer = answers[Math.min(sent.length, answers.length - 1)]
    sent.push(request)
    request.signal.throwIfAborted()
    return (answer as Answer)(request)
  }
  const client = createClient('http://server:1/below/', 'secret', { clock, fetch, retries: 2 })
  return { client, clock, sent }
}

const stats = () => Response.json({ at: 1 })
const refused = () => {
  throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })
}
const problem =
  (status: number, body: object, headers: Record<string, string> = {}) =>
  () =>
    new Response(JSON.stringify(body), {
      status,
      headers: { 'content-type': 'application/problem+json', ...headers },
    })
const silent: Answer = ({ signal }) =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
  })

/** How the call has ended, after so many seconds. */
async function after(clock: ManualClock, call: Promise<unknown>, seconds: number) {
  const ended = call.then(
    (value) => ({ value, error: undefined }),
    (error: unknown) => ({ value: undefined, error }),
  )
  for (let second = 0; second < seconds; second += 1) {
    await allDone()
    await clock.advance('1s')
  }
  return ended
}

test('a request goes below the address, with the token', async () => {
  const { client, sent } = clientOf(stats)
  expect(await client.stats()).toEqual({ at: 1 })
  expect(sent[0]?.url).toBe('http://server:1/below/api/v1/stats')
  expect(sent[0]?.headers.get('authorization')).toBe('Bearer secret')
})

test('a read is sent again until it is answered', async () => {
  const { client, clock, sent } = clientOf(refused, problem(503, {}), stats)
  expect((await after(clock, client.stats(), 5)).value).toEqual({ at: 1 })
  expect(sent).toHaveLength(3)
})

test('a read that is never answered is an error that says why', async () => {
  const { client, clock, sent } = clientOf(refused)
  const { error } = await after(clock, client.stats(), 5)
  expect(error).toBeInstanceOf(ConnectionError)
  expect(String(error)).toContain('http://server:1/below cannot be reached: connect ECONNREFUSED')
  expect(sent).toHaveLength(3)
})

test('what the server asks to wait is waited', async () => {
  const { client, clock, sent } = clientOf(problem(429, {}, { 'retry-after': '4' }), stats)
  const call = client.stats()
  await after(clock, Promise.resolve(), 3)
  expect(sent).toHaveLength(1)
  expect((await after(clock, call, 2)).value).toEqual({ at: 1 })
})

test('a submission is sent again only with a key, and with the same body', async () => {
  const answer = () => Response.json({ id: '1', created: true }, { status: 202 })
  const once = clientOf(refused, answer)
  const { error } = await after(once.clock, once.client.tasks.submit('a/b'), 5)
  expect(error).toBeInstanceOf(ConnectionError)
  expect(once.sent).toHaveLength(1)

  const twice = clientOf(refused, async (request) => {
    expect(await request.json()).toEqual({ task: 'a/b', input: 1, options: { tags: ['x'] } })
    return answer()
  })
  const options = { idempotencyKey: 'k', tags: ['x'] }
  const call = after(twice.clock, twice.client.tasks.submit('a/b', 1, options), 5)
  expect((await call).value).toEqual({ id: '1', created: true })
  expect(twice.sent.map(({ headers }) => headers.get('idempotency-key'))).toEqual(['k', 'k'])
})

test('a refusal is an error with status, code, detail and places, and is not sent again', async () => {
  const errors = [{ in: 'path', path: 'plan', message: 'no', suggestion: 'kiln' }]
  const body = { code: 'not_found', detail: 'there is no plan', status: 404, errors }
  const { client, sent } = clientOf(problem(404, body))
  const error = await client.plans.get('klin').catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ProblemError)
  expect(error).toMatchObject({
    status: 404,
    code: 'not_found',
    detail: 'there is no plan',
    errors,
  })
  expect(sent).toHaveLength(1)
})

test('an answer of something in between is told by its status', async () => {
  const page = () => new Response('<html>', { status: 418, statusText: 'Teapot' })
  const { client } = clientOf(page)
  await expect(client.stats()).rejects.toMatchObject({ status: 418, code: 'http' })
})

test('a server that is silent is given up after the timeout', async () => {
  const { client, clock } = clientOf(silent)
  const call = client.queues.pause('main', { timeout: '3s' })
  const { error } = await after(clock, call, 4)
  expect(error).toBeInstanceOf(ConnectionError)
  expect(String(error)).toContain('has not answered within 3.0 s')
})

test('a call ends with its signal, while it is sent and while it waits', async () => {
  const reason = new Error('enough')
  const sending = clientOf(silent)
  const one = new AbortController()
  const first = sending.client.stats(undefined, { signal: one.signal })
  await allDone()
  one.abort(reason)
  await expect(first).rejects.toBe(reason)

  const waiting = clientOf(refused)
  const other = new AbortController()
  const second = waiting.client.stats(undefined, { signal: other.signal })
  await allDone()
  other.abort(reason)
  await expect(second).rejects.toBe(reason)
  expect(waiting.sent).toHaveLength(1)
})

test('an address that is none is refused at once', () => {
  expect(() => createClient('server:1')).toThrow('is no address of a server')
  expect(() => createClient('http://a:b@server')).toThrow('holds no password')
  expect(() => createClient('http://server', undefined, { retries: -1 })).toThrow('retries')
})
