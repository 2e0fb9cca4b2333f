import { createServer } from 'node:net'
import { listOf, ownValue } from '../../plan/data.ts'
import type { Clock } from '../../ports/clock.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

/** Milliseconds; a server that needs longer to say that it lives does not. */
const PATIENCE = 5000
/** Milliseconds; the date of an answer has whole seconds. */
const SKEW = 5000

export interface Address {
  readonly url: string
  readonly token: string | undefined
}

/** The server: reached, ready, with a token that it takes, and a clock like ours. */
export async function checkServer(
  { url, token }: Address,
  clock: Clock,
): Promise<readonly Finding[]> {
  const answer = await ask(new URL('/readyz', url), token, clock)
  if (!(answer instanceof Response)) {
    const fix = 'start it with `setpoint serve`, or correct --url (SETPOINT_URL)'
    return [problem('server', `${url} does not answer: ${answer}`, fix)]
  }
  const readiness = await describeReadiness(url, answer)
  return [readiness, ...checkSkew(answer, clock.now()), await checkToken({ url, token }, clock)]
}

async function describeReadiness(url: string, answer: Response): Promise<Finding> {
  if (answer.ok) return ok('server', `${url} is ready`)
  if (answer.status === 503) {
    const fix = 'it starts, stops, or its database is out of reach: its log says which'
    return problem('server', `${url} is not ready: ${await reasonsOf(answer)}`, fix)
  }
  const message = `${url} answers ${answer.status} to /readyz: it is no Setpoint server`
  return problem('server', message, 'correct --url (SETPOINT_URL)')
}

async function reasonsOf(answer: Response): Promise<string> {
  const said: unknown = await answer.json().catch(() => undefined)
  const messages = listOf(ownValue(said, 'reasons')).map((reason) => ownValue(reason, 'message'))
  const texts = messages.filter((message) => typeof message === 'string')
  return texts.length === 0 ? 'it does not say why' : texts.join('; ')
}

async function checkToken(address: Address, clock: Clock): Promise<Finding> {
  const { url, token } = address
  const answer = await ask(new URL('/api/v1/stats', url), token, clock)
  if (answer instanceof Response && answer.ok) {
    return ok('token', token === undefined ? 'none is needed' : 'is taken')
  }
  if (!(answer instanceof Response)) {
    return problem('token', `no answer to /api/v1/stats: ${answer}`, 'see the log of the server')
  }
  const [message, fix] =
    token === undefined
      ? ['the server wants one', 'put it into SETPOINT_TOKEN']
      : [`the server answers ${answer.status} with the one given`, 'correct SETPOINT_TOKEN']
  return problem('token', message, fix)
}

function checkSkew(answer: Response, now: number): readonly Finding[] {
  const theirs = Date.parse(answer.headers.get('date') ?? '')
  const apart = Math.abs(theirs - now)
  if (!(apart > SKEW)) return []
  const message = `the clock of the server is ${Math.round(apart / 1000)} s away from this one`
  return [
    warning('clock', message, 'set both by NTP: delays and dates go by the one of the server'),
  ]
}

/** Whether `setpoint serve` could listen there. */
export async function checkPort(port: number, clock: Clock): Promise<Finding> {
  const code = await listenError(port)
  if (code === undefined) return ok('port', `${port} is free for setpoint serve`)
  if (code !== 'EADDRINUSE') {
    return problem('port', `${port} cannot be listened on: ${code}`, 'name another with --port')
  }
  const url = `http://127.0.0.1:${port}`
  const answer = await ask(new URL('/healthz', url), undefined, clock)
  if (answer instanceof Response && answer.ok)
    return ok('port', `${port}: a server is up at ${url}`)
  const fix = `end that program, or serve elsewhere: \`setpoint serve --port ${port + 1}\``
  return warning('port', `${port} is taken by another program`, fix)
}

function listenError(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(undefined)))
  })
}

/** The answer, or why there is none. */
async function ask(url: URL, token: string | undefined, clock: Clock): Promise<Response | string> {
  const limit = new AbortController()
  const disarm = clock.setTimer(clock.now() + PATIENCE, () =>
    limit.abort(new Error(`nothing within ${PATIENCE / 1000} s`)),
  )
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  try {
    return await fetch(url, { headers, signal: limit.signal, redirect: 'manual' })
  } catch (error) {
    return reasonOf(error)
  } finally {
    disarm()
  }
}

/** `fetch` says only that it failed, and why in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : reasonOf(error.cause)
}
