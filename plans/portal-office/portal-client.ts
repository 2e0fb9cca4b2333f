import type { Health } from './admin.ts'
import { openTab } from './browser.ts'
import type { Room } from './rooms.ts'
import { isLocked, type PortalRun, readState, stateFiles } from './state-files.ts'
import type { Cookie, Page, Tab } from './tab.ts'

/** What can be seen of the portal from outside. */
export type Sighting =
  | { readonly state: 'closed' }
  /** Its process lives, but does not answer as the run it says it is: it may be starting or hang. */
  | { readonly state: 'unknown'; readonly reason: string }
  | { readonly state: 'open'; readonly url: string; readonly run: PortalRun }

/** Rejects only when the signal aborts or the state folder cannot be read. */
export async function findPortal(signal: AbortSignal): Promise<Sighting> {
  const files = stateFiles()
  if (!isLocked(files)) return { state: 'closed' }
  const run = readState<PortalRun>(files.run)
  if (run === undefined) return { state: 'unknown', reason: 'it has not said where it listens' }
  const url = `http://127.0.0.1:${run.port}`
  try {
    const response = await fetch(`${url}/health`, { signal })
    const health = (await response.json()) as Health
    if (health.runId === run.runId && health.pid === run.pid) return { state: 'open', url, run }
    return { state: 'unknown', reason: `another server answers at ${url}` }
  } catch (error) {
    signal.throwIfAborted()
    return { state: 'unknown', reason: `${url} does not answer: ${(error as Error).message}` }
  }
}

/** Where the portal is. @throws when there is none. */
export async function requirePortal(signal: AbortSignal): Promise<{ url: string; run: PortalRun }> {
  const seen = await findPortal(signal)
  if (seen.state === 'open') return seen
  throw new Error(`there is no portal: ${seen.state === 'closed' ? 'it is closed' : seen.reason}`)
}

/** In which room the robot's session is; `signedOut` when the portal knows no such session. */
export async function findRoom(url: string, signal: AbortSignal): Promise<Room | 'signedOut'> {
  const cookie = readCookie()
  const headers: Record<string, string> =
    cookie === undefined ? {} : { cookie: `${cookie.name}=${cookie.value}` }
  const response = await fetch(`${url}/session`, { headers, signal })
  if (response.ok) return ((await response.json()) as { room: Room }).room
  await response.body?.cancel()
  if (response.status === 401) return 'signedOut'
  throw new Error(`the portal answered ${response.status} when asked for the session`)
}

export function readCookie(): Cookie | undefined {
  return readState<Cookie>(stateFiles().session)
}

/** The portal has ended the session: whoever tries again signs in first. */
class SessionLost extends Error {
  override name = 'SessionLost'
}

/** Opens a tab with the robot's session, and closes it after the work. */
export async function browse<T>(signal: AbortSignal, work: (tab: Tab) => Promise<T>): Promise<T> {
  const { url } = await requirePortal(signal)
  const tab = await openTab({ url, cookie: readCookie(), signal })
  try {
    return await work(tab)
  } finally {
    await tab.close()
  }
}

/** @throws SessionLost on the page that asks to sign in; an error with the notice on a refusal. */
export function expectPage(page: Page): Page {
  expectAnswer(page.status, page.notice)
  return page
}

export function expectAnswer(status: number, notice: string): void {
  if (status === 401) throw new SessionLost('the portal has ended the session')
  if (status >= 400)
    throw new Error(`the portal answered ${status}: ${notice || 'no reason given'}`)
}
