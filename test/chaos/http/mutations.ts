import { BAD_KEYS, badText, badValue, toJson } from './bad-values.ts'
import { below, pick, type Random } from './choose.ts'
import { mutatedText } from './mutated-text.ts'
import type { JunkRequest } from './requests.ts'

type Change = (request: JunkRequest, random: Random) => Partial<JunkRequest>

/** The request with a few things about it made wrong. */
export function mutated(request: JunkRequest, random: Random): JunkRequest {
  let result = request
  for (let left = 1 + below(random, 3); left > 0; left -= 1) {
    const [name, change] = pick(random, CHANGES)
    result = { ...result, ...change(result, random), mutations: [...result.mutations, name] }
  }
  return result
}

const CHANGES: readonly (readonly [string, Change])[] = [
  ['value of the body', ({ body }, random) => edited(body, (value) => withLeaf(value, random))],
  ['value of the body', ({ body }, random) => edited(body, (value) => withLeaf(value, random))],
  ['key added', ({ body }, random) => edited(body, (value) => withKey(value, random))],
  ['key dropped', ({ body }, random) => edited(body, (value) => withoutKey(value, random))],
  ['other body', (_, random) => ({ body: toJson(badValue(random)) })],
  ['broken JSON', ({ body = '{"a": 1}' }, random) => ({ body: mutatedText(body, random) })],
  ['no body', () => ({ body: undefined })],
  ['empty body', () => ({ body: '' })],
  ['huge body', (_, random) => ({ body: `{"task": "${'x'.repeat(below(random, 3_000_000))}"}` })],
  [
    'content-type',
    ({ headers }, random) => ({ headers: { ...headers, 'content-type': pick(random, TYPES) } }),
  ],
  ['method', (_, random) => ({ method: pick(random, METHODS) })],
  ['header', ({ headers }, random) => ({ headers: { ...headers, ...oddHeader(random) } })],
  ['header', ({ headers }, random) => ({ headers: { ...headers, ...oddHeader(random) } })],
  ['path segment', ({ path }, random) => ({ path: withSegment(path, random) })],
  ['path segment', ({ path }, random) => ({ path: withSegment(path, random) })],
  ['path', ({ path }, random) => ({ path: pick(random, PATHS)(path) })],
  ['query value', ({ query }, random) => ({ query: withQueryValue(query, random) })],
  [
    'query added',
    ({ query }, random) => ({ query: [...query, [pick(random, BAD_KEYS), badText(random)]] }),
  ],
  ['query repeated', ({ query }) => ({ query: [...query, ...query] })],
]

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'TRACE']

const TYPES = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/xml',
  'application/json; charset=utf-16',
  'application/json;',
  'application/problem+json',
  'APPLICATION/JSON',
  'json',
  '/',
  '',
  `application/json; ${'x'.repeat(3000)}`,
]

const PATHS: readonly ((path: string) => string)[] = [
  (path) => `${path}/`,
  (path) => `/${path}`,
  (path) => path.toUpperCase(),
  (path) => `${path}%2f..%2f..%2fetc%2fpasswd`,
  (path) => `${path}/../../../etc/passwd`,
  (path) => `${path}/%2e%2e/%2e%2e`,
  (path) => `${path};a=b`,
  (path) => `${path}.json`,
  (path) => path.replace('/api/v1', '/api/v2'),
  (path) => path.replace('/api/v1', ''),
  (path) => `${path}/more/and/more`,
  (path) => path + '/x'.repeat(4000),
  () => '/',
  () => '/docs/errors',
  () => '/healthz',
  () => '/readyz',
  () => '/metrics',
  () => '/%',
  () => '*',
]

const SEGMENTS = [
  '%2f',
  '%2F..%2F',
  '%00',
  '%ff',
  '%',
  '%zz',
  '..',
  '.',
  '%2e%2e',
  '%5c',
  '+',
  '%20',
  '__proto__',
  'constructor',
  '%F0%9F%98%80',
  '%ED%A0%80',
  'x'.repeat(5000),
  '%61'.repeat(1000),
  '-1',
  '0',
  '*',
  "'",
  '%22',
  '%3Cb%3E',
]

function withSegment(path: string, random: Random): string {
  const segments = path.split('/')
  if (segments.length < 2) return path
  const at = 1 + below(random, segments.length - 1)
  return segments
    .with(
      at,
      random() < 0.8 ? pick(random, SEGMENTS) : encodeURIComponent(badText(random).toWellFormed()),
    )
    .join('/')
}

function withQueryValue(query: JunkRequest['query'], random: Random): JunkRequest['query'] {
  if (query.length === 0)
    return [[pick(random, ['limit', 'cursor', 'since', 'status', 'to', 'format']), badText(random)]]
  const at = below(random, query.length)
  const name = query[at]?.[0] ?? ''
  return isWait(name) ? query : query.with(at, [name, badText(random)])
}

function oddHeader(random: Random): Readonly<Record<string, string>> {
  return pick(random, HEADERS)(badText(random).slice(0, 4000))
}

const HEADERS: readonly ((junk: string) => Readonly<Record<string, string>>)[] = [
  (junk) => ({ 'idempotency-key': junk }),
  (junk) => ({ 'last-event-id': junk }),
  (junk) => ({ traceparent: junk }),
  () => ({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }),
  (junk) => ({ 'x-request-id': junk }),
  (junk) => ({ authorization: `Bearer ${junk}` }),
  (junk) => ({ authorization: junk }),
  (junk) => ({ cookie: junk }),
  (junk) => ({ accept: junk }),
  () => ({ accept: 'image/png' }),
  () => ({ accept: 'text/event-stream' }),
  () => ({ 'content-encoding': 'gzip' }),
  () => ({ 'accept-encoding': 'br;q=1, *;q=0' }),
  () => ({ 'if-none-match': '*' }),
  () => ({ 'if-modified-since': 'yesterday' }),
  () => ({ range: 'bytes=0-1' }),
  () => ({ origin: 'https://evil.example' }),
  () => ({ origin: 'null' }),
  () => ({ host: 'evil.example' }),
  () => ({ host: '' }),
  () => ({ 'x-forwarded-host': 'evil.example', 'x-forwarded-for': '::', forwarded: 'for=_' }),
  () => ({ 'x-http-method-override': 'DELETE' }),
  () => ({ upgrade: 'h2c', connection: 'upgrade' }),
  (junk) => ({ [`x-${'y'.repeat(200)}`]: junk }),
]

function edited(body: string | undefined, edit: (value: unknown) => unknown): Partial<JunkRequest> {
  try {
    return { body: toJson(edit(JSON.parse(body ?? '{}'))) }
  } catch {
    // A body that an earlier mutation has broken stays as it is.
    return {}
  }
}

/** What waits is answered later, and would look like a hang. */
function isWait(name: string): boolean {
  return name === 'wait'
}

/** The value with one place in it, at any depth, replaced. */
export function withLeaf(value: unknown, random: Random): unknown {
  if (Array.isArray(value) && value.length > 0 && random() < 0.9) {
    const at = below(random, value.length)
    return value.with(at, withLeaf(value[at], random))
  }
  const keys = keysOf(value).filter((key) => !isWait(key))
  if (keys.length === 0 || random() < 0.1) return badValue(random)
  const key = pick(random, keys)
  return {
    ...(value as object),
    [key]: withLeaf((value as Readonly<Record<string, unknown>>)[key], random),
  }
}

export function withKey(value: unknown, random: Random): unknown {
  const keys = keysOf(value)
  const inner = keys.length > 0 && random() < 0.4 ? pick(random, keys) : undefined
  if (inner !== undefined) {
    const record = value as Readonly<Record<string, unknown>>
    return { ...record, [inner]: withKey(record[inner], random) }
  }
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return Object.fromEntries([...entries, [pick(random, BAD_KEYS), badValue(random)]])
}

export function withoutKey(value: unknown, random: Random): unknown {
  const keys = keysOf(value)
  if (keys.length === 0) return value
  const dropped = pick(random, keys)
  return Object.fromEntries(Object.entries(value as object).filter(([key]) => key !== dropped))
}

function keysOf(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.keys(value)
    : []
}
