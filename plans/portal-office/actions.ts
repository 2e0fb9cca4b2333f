import type { CheckContext, TaskContext } from 'setpoint'
import {
  browse,
  expectPage,
  findPortal,
  findRoom,
  readCookie,
  requirePortal,
} from './portal-client.ts'
import { processEnd, startProcess } from './portal-process.ts'
import type { Room } from './rooms.ts'
import { type Account, readState, removeState, stateFiles, writeState } from './state-files.ts'
import { fetchStatement } from './statement-download.ts'

export async function isClosed(context: CheckContext) {
  return (await whereIs(context)) === 'closed'
}

export function isSignedOut(context: CheckContext) {
  return isIn('signedOut', context)
}

export function isAtDesk(context: CheckContext) {
  return isIn('desk', context)
}

export function isAtRooms(context: CheckContext) {
  return isIn('rooms', context)
}

export function isAtArchive(context: CheckContext) {
  return isIn('archive', context)
}

export function isAtInvoices(context: CheckContext) {
  return isIn('invoices', context)
}

/** The robot thinks it is signed in, and the portal knows nothing of it any more. */
export async function sessionLost(context: CheckContext) {
  if (readCookie() === undefined) return false
  return await isIn('signedOut', context)
}

async function isIn(place: Room | 'signedOut', context: CheckContext) {
  const seen = await whereIs(context)
  return seen === 'unknown' ? 'unknown' : seen === place
}

async function whereIs({ signal, log }: CheckContext) {
  const seen = await findPortal(signal)
  if (seen.state === 'open') return await findRoom(seen.url, signal)
  if (seen.state === 'unknown') log.debug('the portal cannot be seen', { reason: seen.reason })
  return seen.state
}

/** On the port of `SETPOINT_PORTAL_OFFICE_PORT`, or a free one. */
export async function openPortal({ signal, log }: TaskContext) {
  const run = await startProcess(stateFiles(), signal)
  log.info('the portal is open', { ...run })
  return run
}

export async function closePortal({ signal }: TaskContext): Promise<void> {
  const { url, run } = await requirePortal(signal)
  // The order is for this run: another one at the same place refuses it.
  const headers = { 'x-run-id': run.runId }
  const response = await fetch(`${url}/stop`, { method: 'POST', headers, signal })
  if (!response.ok) throw new Error(`the portal refused to stop: ${response.status}`)
  await processEnd(stateFiles(), signal)
  removeState(stateFiles().session)
}

export async function signIn({ signal, log }: TaskContext): Promise<void> {
  const files = stateFiles()
  const account = readState<Account>(files.account)
  if (account === undefined) throw new Error(`there is no account in ${files.account}`)
  await browse(signal, async (tab) => {
    await tab.goto('/')
    await tab.fill('name', account.name)
    await tab.fill('password', account.password)
    expectPage(await tab.click('Sign in'))
    const cookie = await tab.cookie()
    if (cookie === undefined) throw new Error('the portal let the robot in and gave it no session')
    writeState(files.session, cookie)
    log.info('the robot is signed in', { engine: tab.engine })
  })
}

export async function signOut({ signal }: TaskContext): Promise<void> {
  await browse(signal, async (tab) => {
    expectPage(await tab.goto('/'))
    await tab.click('Sign out')
    removeState(stateFiles().session)
  })
}

/** A link of the room that the session is in. */
export async function followLink({ input, signal }: TaskContext<{ link: string }>): Promise<void> {
  await browse(signal, async (tab) => {
    expectPage(await tab.goto('/'))
    expectPage(await tab.click(input.link))
  })
}

/** Leaves a session alone that the portal still knows. */
export async function forgetSession({ signal }: TaskContext): Promise<void> {
  const seen = await findPortal(signal)
  if (seen.state !== 'open' || (await findRoom(seen.url, signal)) !== 'signedOut') return
  removeState(stateFiles().session)
}

export async function downloadStatement(context: TaskContext<{ year: number; folder: string }>) {
  const { input, signal } = context
  return await browse(signal, async (tab) => {
    const file = await fetchStatement(tab, input.year, input.folder, context)
    return { ...file, engine: tab.engine }
  })
}

export async function fileInvoice(context: TaskContext<{ customer: string; cents: number }>) {
  const { input, signal, idempotencyKey } = context
  return await browse(signal, async (tab) => {
    expectPage(await tab.goto('/'))
    await tab.fill('reference', idempotencyKey)
    await tab.fill('customer', input.customer)
    await tab.fill('cents', String(input.cents))
    const { notice } = expectPage(await tab.click('File'))
    return { receipt: Number(notice.replace('Receipt ', '')), engine: tab.engine }
  })
}
