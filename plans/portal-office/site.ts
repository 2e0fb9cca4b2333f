import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { createAdmin } from './admin.ts'
import { type Answer, html, Refusal, readForm, redirect, send } from './answers.ts'
import type { Books } from './books.ts'
import { noticePage, roomPage, signInPage } from './pages.ts'
import { isRoom, mayEnter } from './rooms.ts'
import { type Session, Sessions } from './sessions.ts'
import type { Account } from './state-files.ts'
import { statementOf } from './statements.ts'

export interface SiteOptions {
  readonly account: Account
  readonly books: Books
  readonly runId: string
  /** Milliseconds before a piece of a statement is handed out. */
  readonly pace: number
  /** Ends the portal once what is under way has been answered. */
  readonly stop: () => void
}

type Route = (request: IncomingMessage, url: URL) => Answer | Promise<Answer>
type SignedInRoute = (session: Session, request: IncomingMessage, url: URL) => ReturnType<Route>

const COOKIE = 'portal-session'

/** The portal's pages and orders; it does not listen yet. */
export function createSite(options: SiteOptions): Server {
  const sessions = new Sessions()
  const routes = { ...createPages(options, sessions), ...createAdmin(options, sessions) }
  const server = createServer((request, response) => {
    void answer(routes, request, response).then((reply) => {
      // A connection that is kept alive would keep a stopping portal alive with it.
      if (reply !== undefined) send(response, reply, !server.listening)
    })
  })
  return server
}

/** By method and the first segment of the path. */
function createPages({ account, books, pace }: SiteOptions, sessions: Sessions) {
  const signedIn =
    (route: SignedInRoute): Route =>
    (request, url) => {
      const session = sessions.get(cookieOf(request))
      if (session !== undefined) return route(session, request, url)
      return html(401, signInPage('You are not signed in, or your session has ended.'))
    }
  const enter = signedIn((session, _, url) => enterRoom(session, url, books))
  const routes: Record<string, Route> = {
    'GET ': signedIn((session) => redirect(`/${session.room}`)),
    'GET session': signedIn(({ user, room }) => ({ status: 200, body: { user, room } })),
    'POST sign-in': (request) => signIn(request, account, sessions),
    'POST sign-out': signedIn((session) => {
      sessions.end(session.id)
      return { ...redirect('/'), headers: { location: '/', 'set-cookie': `${COOKIE}=; Max-Age=0` } }
    }),
    'GET direct': signedIn((session) => takeDirectLink(session, books)),
    'GET desk': enter,
    'GET rooms': enter,
    'GET archive': enter,
    'GET invoices': enter,
    'POST invoices': signedIn((session, request) => fileInvoice(session, request, books)),
    'GET statements': signedIn((session, request, url) =>
      givePiece(session, request, url, { sessions, pace }),
    ),
  }
  return routes
}

async function answer(
  routes: Record<string, Route>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Answer | undefined> {
  try {
    const url = URL.parse(request.url ?? '', 'http://localhost')
    const route = routes[`${request.method} ${url?.pathname.split('/')[1]}`]
    if (url === null || route === undefined) throw new Refusal(404, 'There is no such page.')
    return await route(request, url)
  } catch (error) {
    if (error instanceof Refusal) return html(error.status, noticePage('Sorry', error.message))
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
    return response.destroyed ? undefined : html(500, noticePage('Sorry', 'The portal failed.'))
  }
}

async function signIn(request: IncomingMessage, account: Account, sessions: Sessions) {
  const form = await readForm(request)
  const { name, password } = account
  if (form.get('name') !== name || form.get('password') !== password) {
    return html(403, signInPage('Name or password are wrong.'))
  }
  const cookie = `${COOKIE}=${sessions.begin(name).id}; HttpOnly; SameSite=Lax; Path=/`
  return { ...redirect('/desk'), headers: { location: '/desk', 'set-cookie': cookie } }
}

function enterRoom(session: Session, url: URL, books: Books): Answer {
  const room = url.pathname.slice(1)
  if (!isRoom(room)) throw new Refusal(404, 'There is no such room.')
  if (!mayEnter(room, session.room)) {
    throw new Refusal(409, `No door leads from ${session.room} to ${room}.`)
  }
  session.room = room
  return html(200, roomPage(room, books.invoices))
}

function takeDirectLink(session: Session, books: Books): Answer {
  if (session.room !== 'desk') throw new Refusal(409, 'The direct link is at the desk.')
  if (!books.useDirectLink()) {
    throw new Refusal(503, 'The direct link is out of order. The way through the rooms is open.')
  }
  session.room = 'archive'
  return redirect('/archive')
}

async function fileInvoice(session: Session, request: IncomingMessage, books: Books) {
  if (session.room !== 'invoices') throw new Refusal(409, 'Invoices are filed among the invoices.')
  const form = await readForm(request)
  const [reference, customer] = [form.get('reference') ?? '', form.get('customer') ?? '']
  const cents = Number(form.get('cents'))
  if (reference === '' || customer === '' || !Number.isSafeInteger(cents) || cents < 1) {
    throw new Refusal(400, 'An invoice has a reference, a customer and an amount in whole cents.')
  }
  const { receipt } = books.file(reference, customer, cents)
  return html(201, noticePage('Filed', `Receipt ${receipt}`))
}

interface Counter {
  readonly sessions: Sessions
  readonly pace: number
}

async function givePiece(
  session: Session,
  request: IncomingMessage,
  url: URL,
  { sessions, pace }: Counter,
): Promise<Answer> {
  if (session.room !== 'archive') throw new Refusal(409, 'Statements are in the archive.')
  const year = /^\/statements\/(\d{4})\.csv$/.exec(url.pathname)?.[1]
  const statement = statementOf(Number(year))
  if (statement === undefined) throw new Refusal(404, 'There is no statement of this year.')
  await setTimeout(pace)
  const piece = sessions.piece()
  if (piece === 'hangs') return Promise.withResolvers<Answer>().promise
  if (piece === 'ended') return html(401, signInPage('Your session has ended.'))
  return { status: 206, ...rangeOf(statement, request.headers.range) }
}

function rangeOf(statement: Buffer, range: string | undefined) {
  const [, from = '0', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(range ?? 'bytes=0-') ?? []
  const start = Number(from)
  const end = Math.min(to === '' ? statement.length : Number(to) + 1, statement.length)
  if (start >= end) throw new Refusal(416, 'The statement has no such piece.')
  return {
    body: statement.subarray(start, end),
    type: 'text/csv; charset=utf-8',
    headers: { 'content-range': `bytes ${start}-${end - 1}/${statement.length}` },
  }
}

function cookieOf(request: IncomingMessage): string | undefined {
  const cookies = request.headers.cookie?.split('; ') ?? []
  return cookies.find((one) => one.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1)
}
