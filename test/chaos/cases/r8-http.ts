import { Agent } from 'node:http'
import { seededRandom } from '../../bench/random.ts'
import {
  answerFaults,
  refusalFaults,
  type WireAnswer,
} from '../../support/openapi/answer-faults.ts'
import {
  type DocumentedOperation,
  type OpenApiDocument,
  operationAt,
  operationsOf,
} from '../../support/openapi/document.ts'
import { type Fault, type FaultContext, type Figure, none } from '../fault.ts'
import { pick, type Random } from '../http/choose.ts'
import { mutated } from '../http/mutations.ts'
import { NamePool } from '../http/names.ts'
import { sendRaw } from '../http/raw.ts'
import { impatient, type JunkRequest, validRequest } from '../http/requests.ts'
import { ServerProcess } from '../http/server-process.ts'
import { isLong, type Outcome, send } from '../http/wire.ts'

export const fault: Fault = {
  id: 'R8-http',
  title: 'Junk as HTTP requests',
  description:
    'Requests made from the OpenAPI document, right ones and mutated ones, and bytes that are no request at all, over real sockets, against a server in a process of its own with a database on disk. None may break or hang the server; each answer is one that the document has for that status, and each refusal is a problem of RFC 9457.',
  inflict,
}

const COUNTS = { full: 20_000, short: 1500 } as const
const AT_ONCE = 16
const PARKED = 100
const PARK_EVERY = 500
const VALID_SHARE = 0.25
const RAW_SHARE = 0.03
const PATIENCE = 5000
/** What the HTTP parser refuses never comes to the API. */
const PARSER_REFUSALS = [400, 408, 413, 414, 431, 501, 505]

interface Tally {
  readonly answered: Map<string, number>
  readonly valid: { sent: number; accepted: number }
  readonly operations: Set<string>
  longest: number
  raw: number
  /** Connections that were closed while a long body was on its way. */
  cutShort: number
  readonly broken: string[]
  readonly hung: string[]
  readonly closed: string[]
  /** By the operation and what is wrong: one example. */
  readonly undocumented: Map<string, string>
  readonly malformed: string[]
}

interface Scene {
  readonly port: number
  readonly agent: Agent
  readonly document: OpenApiDocument
  readonly operations: readonly DocumentedOperation[]
  readonly names: NamePool
  readonly random: Random
  readonly tally: Tally
}

async function inflict({ seed, form, folder, progress }: FaultContext): Promise<readonly Figure[]> {
  const { server, port } = await ServerProcess.start({ folder, plan: 'junk', queueSize: 2000 })
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  try {
    const scene = await openScene(port, agent, seed)
    await sendAll(scene, COUNTS[form], progress)
    progress(`never accepted: ${missedOf(scene).join(', ')}`)
    const works = await worksStill(port)
    return [
      ...figuresOf(scene),
      { name: 'new work that is not done afterwards', value: works ? 0 : 1, expected: 0 },
      none('ends of the server', server.ending === undefined ? [] : [server.complaint]),
      none('wrong stops of the server', await stopFaults(server)),
    ]
  } finally {
    agent.destroy()
    server.dispose()
  }
}

async function openScene(port: number, agent: Agent, seed: number): Promise<Scene> {
  const response = await fetch(`http://127.0.0.1:${port}/openapi.json`)
  const document = (await response.json()) as OpenApiDocument
  const tally: Tally = {
    answered: new Map(),
    valid: { sent: 0, accepted: 0 },
    operations: new Set(),
    longest: 0,
    raw: 0,
    cutShort: 0,
    broken: [],
    hung: [],
    closed: [],
    undocumented: new Map(),
    malformed: [],
  }
  const operations = operationsOf(document)
  const random = seededRandom(seed)
  return { port, agent, document, operations, names: new NamePool(), random, tally }
}

/** Work that waits to be pulled, moved and reordered. */
async function park({ port, names }: Scene): Promise<void> {
  const entries = Array.from({ length: PARKED }, (_, n) => ({
    key: `parked-${n}`,
    task: 'junk/outside',
    options: { queue: 'parked' },
  }))
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/tasks/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ entries }),
  })
  const { tasklets } = (await answer.json()) as { tasklets: Readonly<Record<string, object>> }
  for (const tasklet of Object.values(tasklets)) names.hear('queues', tasklet)
}

async function sendAll(
  scene: Scene,
  count: number,
  progress: FaultContext['progress'],
): Promise<void> {
  let left = count
  const sender = async () => {
    while (left > 0) {
      if (left % 2000 === 0) progress(`${left} requests left`)
      left -= 1
      if (left % PARK_EVERY === PARK_EVERY - 1) await park(scene)
      if (scene.random() < RAW_SHARE) await sendOneRaw(scene)
      else await sendOne(scene)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, sender))
}

async function sendOneRaw({ random, port, tally }: Scene): Promise<void> {
  const { sent, status, hung } = await sendRaw(random, port, PATIENCE)
  tally.raw += 1
  if (hung) tally.hung.push(JSON.stringify(sent))
  if (status === 500) tally.broken.push(`500: ${JSON.stringify(sent)}`)
}

async function sendOne(scene: Scene): Promise<void> {
  const { random, operations, names, document, port, agent, tally } = scene
  const operation = pick(random, operations)
  const address = addressOf(operation.path)
  const asked = validRequest(operation, { document, random, names, address })
  const isValid = random() < VALID_SHARE
  const request = impatient(isValid ? asked : mutated(asked, random))
  const outcome = await send(request, { port, agent, patience: PATIENCE })
  tally.longest = Math.max(tally.longest, outcome.taken)
  if (isValid) tally.valid.sent += 1
  if (outcome.kind === 'answer' && outcome.answer.status < 400) {
    if (isValid) tally.valid.accepted += 1
    if (isValid) tally.operations.add(`${operation.method} ${operation.path}`)
    names.hear(address, toValue(outcome.answer))
  }
  judge(scene, request, outcome)
}

function judge(scene: Scene, request: JunkRequest, outcome: Outcome): void {
  const { tally } = scene
  const shown = show(request)
  if (outcome.kind === 'hang') tally.hung.push(shown)
  if (outcome.kind === 'closed' && isLong(request.body)) tally.cutShort += 1
  else if (outcome.kind === 'closed') tally.closed.push(`${outcome.error.message}: ${shown}`)
  if (outcome.kind !== 'answer') return
  const { answer } = outcome
  const family = `${Math.floor(answer.status / 100)}xx`
  tally.answered.set(family, (tally.answered.get(family) ?? 0) + 1)
  const said = `${answer.status} ${answer.text.slice(0, 300)}`
  if (answer.status >= 500) tally.broken.push(`${said}: ${shown}`)
  const isHeadless = request.method === 'HEAD' || request.method === 'OPTIONS'
  if (isHeadless || isOfParser(answer)) return
  const refusal = answer.status >= 400 ? refusalFaults(answer) : []
  tally.malformed.push(...refusal.map((text) => `${text}; ${said}: ${shown}`))
  const operation = operationAt(scene.operations, request.method, request.path)
  if (operation === undefined || refusal.length > 0) return
  const faults = answerFaults(scene.document, operation, answer)
  const name = `${operation.method} ${operation.path}`
  for (const text of faults) tally.undocumented.set(`${name}: ${text}`, `${said}: ${shown}`)
}

function isOfParser({ status, type }: WireAnswer): boolean {
  return type === undefined && PARSER_REFUSALS.includes(status)
}

function addressOf(path: string): string {
  return path.replace('/api/v1/', '').split('/')[0] ?? ''
}

function toValue({ type, text }: WireAnswer): unknown {
  return type?.includes('json') === true && text !== '' ? JSON.parse(text) : undefined
}

function show({ method, path, query, headers, body, mutations }: JunkRequest): string {
  const search = query.map(([name, value]) => `${name}=${value.slice(0, 100)}`).join('&')
  const sent = {
    headers,
    body: body?.replaceAll(/(.)\1{20,}/g, '$1…').slice(0, 400),
    bytes: body?.length,
    mutations,
  }
  return `${method} ${path.slice(0, 200)}?${search} ${JSON.stringify(sent).slice(0, 700)}`
}

function figuresOf(scene: Scene): readonly Figure[] {
  const { tally, operations } = scene
  const families = [...tally.answered].toSorted(([a], [b]) => a.localeCompare(b))
  const missed = missedOf(scene)
  return [
    ...families.map(([family, value]) => ({ name: `answered with ${family}`, value })),
    { name: 'bytes that are no request', value: tally.raw },
    { name: 'valid requests', value: tally.valid.sent },
    { name: 'of them accepted', value: tally.valid.accepted },
    { name: 'operations', value: operations.length },
    { name: 'of them never accepted', value: missed.length, details: missed },
    { name: 'longest, ms', value: Math.round(tally.longest) },
    { name: 'closed within a long body', value: tally.cutShort },
    none('answers 5xx', tally.broken),
    none('requests that hung', tally.hung),
    none('connections closed without an answer', tally.closed),
    none(
      'answers that are not documented',
      [...tally.undocumented].map(([what, example]) => `${what}; ${example}`),
    ),
    none('refusals that are no problem', tally.malformed),
  ]
}

function missedOf({ tally, operations }: Scene): readonly string[] {
  const names = operations.map(({ method, path }) => `${method} ${path}`)
  return names.filter((name) => !tally.operations.has(name))
}

/** Whether work that is handed in now is done. */
async function worksStill(port: number): Promise<boolean> {
  const api = `http://127.0.0.1:${port}/api/v1`
  const headers = { 'content-type': 'application/json' }
  await fetch(`${api}/queues/main/resume`, { method: 'POST', headers })
  const body = JSON.stringify({
    task: 'junk/echo',
    input: 'last',
    options: { priority: 'interrupt' },
  })
  const accepted = await fetch(`${api}/tasks`, { method: 'POST', headers, body })
  const { id } = (await accepted.json()) as { id: string }
  const settled = await fetch(`${api}/tasks/${id}?wait=10s`)
  return ((await settled.json()) as { status: string }).status === 'completed'
}

async function stopFaults(server: ServerProcess): Promise<readonly string[]> {
  const how = await server.stop()
  return how === 0 ? [] : [`${how}: ${server.complaint}`]
}
