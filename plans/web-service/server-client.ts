import type { IntakeState } from './intake.ts'
import type { Health } from './service.ts'
import { isLocked, readRun, type ServerRun, stateFiles } from './state-files.ts'

/** What can be seen of the server from outside. */
export type Sighting =
  | { readonly state: 'stopped' }
  /** Its process lives, but does not answer as the run it says it is: it may be starting or hang. */
  | { readonly state: 'unknown'; readonly reason: string }
  | { readonly state: IntakeState; readonly url: string; readonly run: ServerRun }

/**
 * Looks for the server of the state folder. Rejects only when the signal aborts or the folder
 * cannot be read.
 */
export async function findServer(signal: AbortSignal): Promise<Sighting> {
  const files = stateFiles()
  if (!isLocked(files)) return { state: 'stopped' }
  const run = await readRun(files)
  if (run === undefined) return { state: 'unknown', reason: 'it has not said where it listens' }
  const url = `http://127.0.0.1:${run.port}`
  try {
    const response = await fetch(`${url}/health`, { signal })
    const health = (await response.json()) as Health
    if (health.runId === run.runId && health.pid === run.pid) {
      return { state: health.state, url, run }
    }
    return { state: 'unknown', reason: `another server answers at ${url}` }
  } catch (error) {
    signal.throwIfAborted()
    return { state: 'unknown', reason: `${url} does not answer: ${describe(error)}` }
  }
}

/** Where the server is. @throws when there is none. */
export async function requireServer(signal: AbortSignal): Promise<{ url: string; run: ServerRun }> {
  const seen = await findServer(signal)
  if ('url' in seen) return seen
  throw new Error(`there is no server: ${seen.state === 'stopped' ? 'it is stopped' : seen.reason}`)
}

/** Gives the server an order, and resolves when it has carried it out. */
export async function command(
  order: 'drain' | 'resume' | 'stop',
  signal: AbortSignal,
): Promise<Health> {
  const { url, run } = await requireServer(signal)
  // The order is for this run: another one at the same place refuses it.
  const headers = { 'x-run-id': run.runId }
  const response = await fetch(`${url}/admin/${order}`, { method: 'POST', headers, signal })
  if (response.ok) return (await response.json()) as Health
  throw new Error(`the server refused to ${order}: ${response.status} ${await response.text()}`)
}

/** `fetch` says what happened in the cause only. */
function describe(error: unknown): string {
  const { message, cause } = error as Error
  return cause instanceof Error ? cause.message : message
}
