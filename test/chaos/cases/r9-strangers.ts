import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Fault, type FaultContext, type Figure, none } from '../fault.ts'
import { ServerProcess } from '../http/server-process.ts'
import { ask, dawdle, listenMutely, type StrangeRequest } from '../http/strangers.ts'
import { readRecords } from '../stored.ts'
import { FILES } from '../worker-settings.ts'

export const fault: Fault = {
  id: 'R9',
  title: 'Strangers at the door',
  description:
    'Every route without a token, with a wrong one, under a foreign Host and from a foreign Origin; bodies that are too long, requests that are too slow, ways out of the paths, and more listeners than there is room for, some of which never read; while one who has the token keeps reading.',
  inflict,
}

const TOKEN = 'the-right-token-of-this-run'
const WRONG = 'sp_0123456789ab_a-wrong-token-that-must-not-be-logged-anywhere'
const RIGHT = { authorization: `Bearer ${TOKEN}` }
const LISTENERS = 20
const COUNTS = { full: 200, short: 40 } as const
const LIMITS = {
  token: TOKEN,
  headersTimeout: '1s',
  requestTimeout: '1s',
  events: { maxListeners: LISTENERS, heartbeat: 200, stall: '1s' },
}
const ESCAPES = [
  '/../../etc/passwd',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/..%2f..%2fetc%2fpasswd',
  '/assets/../../etc/passwd',
  '/assets/%2e%2e/package.json',
  '/api/v1/plans/..%2f..%2fpackage.json',
  '/api/v1/../../package.json',
  '//etc/passwd',
  '/docs/..;/etc/passwd',
  '/%00/etc/passwd',
]

async function inflict({ folder, form, progress }: FaultContext): Promise<readonly Figure[]> {
  const { server, port } = await ServerProcess.start({
    folder,
    plan: 'chaos',
    queueSize: 100,
    serve: LIMITS,
  })
  const reader = keepReading(port)
  try {
    const routes = await routesOf(port)
    progress(`${routes.length} routes, and one who reads all the time`)
    const figures = [
      { name: 'routes', value: routes.length },
      ...(await forbidden(port, routes)),
      ...(await overdone(port, COUNTS[form])),
      ...(await exhausted(port, COUNTS[form])),
    ]
    const { answers, unanswered, longest } = await reader.end()
    const how = await server.stop()
    const records = await readRecords(join(folder, FILES.database))
    const told = [TOKEN, WRONG].filter((secret) => server.complaint.includes(secret))
    return [
      ...figures,
      { name: 'answers to the one who has the token', value: answers },
      none('reads that were not answered', unanswered),
      { name: 'longest read, ms', value: Math.round(longest) },
      none('secrets in the log', told),
      none(
        'tasklets of strangers',
        records.map(({ id }) => id),
      ),
      none('wrong stops of the server', how === 0 ? [] : [`${how}: ${server.complaint}`]),
    ]
  } finally {
    await reader.end()
    server.dispose()
  }
}

/** From the document, which everybody may read. */
async function routesOf(port: number): Promise<readonly StrangeRequest[]> {
  const { text } = await ask(port, { method: 'GET', path: '/openapi.json' })
  const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, unknown>> }
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations)
      .filter((method) => ['get', 'post', 'put', 'delete'].includes(method))
      .map((method) => ({
        method: method.toUpperCase(),
        path: path.replaceAll(/\{\w+\}/g, 'x'),
        ...(method !== 'get' && { body: '{}' }),
      })),
  )
}

async function forbidden(
  port: number,
  routes: readonly StrangeRequest[],
): Promise<readonly Figure[]> {
  const json = { 'content-type': 'application/json' }
  const strangers: readonly (readonly [string, Record<string, string>, readonly number[]])[] = [
    ['without a token', json, [401]],
    ['under a foreign Host', { ...json, ...RIGHT, host: 'evil.example' }, [403]],
    ['from a foreign Origin', { ...json, ...RIGHT, origin: 'http://evil.example' }, [403]],
    ['with a wrong token', { ...json, authorization: `Bearer ${WRONG}` }, [401, 429]],
  ]
  const figures: Figure[] = []
  for (const [name, headers, refusals] of strangers) {
    const admitted: string[] = []
    for (const route of routes) {
      const { status } = await ask(port, { ...route, headers })
      if (!refusals.includes(status)) admitted.push(`${route.method} ${route.path}: ${status}`)
    }
    figures.push(none(`let in ${name}`, admitted))
  }
  return figures
}

/** Right tokens do not make them better. */
async function overdone(port: number, count: number): Promise<readonly Figure[]> {
  const post = { method: 'POST', path: '/api/v1/tasks' }
  const body = JSON.stringify({ task: 'chaos/x', input: 'x'.repeat(2_000_000) })
  const headers = { ...RIGHT, 'content-type': 'application/json' }
  const long = await Promise.all(
    Array.from({ length: count / 4 }, () => ask(port, { ...post, headers, body })),
  )
  const begin = 'POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\n'
  const slow = Promise.all(
    Array.from({ length: count }, (_, n) =>
      dawdle(
        port,
        [begin, '', `${begin}Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{`][
          n % 3
        ] ?? '',
      ),
    ),
  )
  const isClosed = await Promise.race([slow.then(() => true), pause(10_000, false, { ref: false })])
  const escaped: string[] = []
  for (const path of ESCAPES) {
    const { status, text } = await ask(port, { method: 'GET', path, headers: RIGHT })
    if (![400, 404].includes(status) || text.includes('root:')) escaped.push(`${path}: ${status}`)
  }
  return [
    none(
      'long bodies that were taken',
      long
        .filter(({ status }) => status !== 413 && status !== 0)
        .map(({ status }) => String(status)),
    ),
    none('slow requests that were not ended', isClosed ? [] : [`some of ${count}`]),
    none('ways out of the paths', escaped),
  ]
}

async function exhausted(port: number, count: number): Promise<readonly Figure[]> {
  const mute = Array.from({ length: LISTENERS }, () => listenMutely(port, TOKEN))
  await Promise.all(
    mute.map((socket) => new Promise((resolve) => socket.once('readable', resolve))),
  )
  const listen = { method: 'GET', path: '/api/v1/events', headers: RIGHT }
  const more = await Promise.all(Array.from({ length: count }, () => ask(port, listen)))
  for (const socket of mute) socket.destroy()
  let status = 503
  for (let n = 0; n < 50 && status !== 200; n += 1) {
    await pause(50)
    status = (await ask(port, listen)).status
  }
  return [
    none(
      'listeners beyond the limit',
      more.filter((answer) => answer.status !== 503).map((answer) => String(answer.status)),
    ),
    none('places that did not become free', status === 200 ? [] : [`${status}`]),
  ]
}

/** One read after the other, until it is ended. */
function keepReading(port: number) {
  const seen = { answers: 0, unanswered: [] as string[], longest: 0 }
  let isOver = false
  const reading = (async () => {
    while (!isOver) {
      const begin = performance.now()
      const { status } = await ask(port, { method: 'GET', path: '/api/v1/stats', headers: RIGHT })
      seen.longest = Math.max(seen.longest, performance.now() - begin)
      if (status === 200) seen.answers += 1
      else seen.unanswered.push(String(status))
      await pause(20)
    }
    return seen
  })()
  return {
    end: () => {
      isOver = true
      return reading
    },
  }
}
