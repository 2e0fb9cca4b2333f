import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setInterval } from 'node:timers/promises'
import type { CheckContext, TaskContext } from 'setpoint'
import { pruneBackups, writeBackup } from './backup-file.ts'
import type { IntakeState } from './intake.ts'
import type { Item } from './items.ts'
import { command, findServer, requireServer } from './server-client.ts'
import { processEnd, startProcess } from './server-process.ts'
import { isLocked, readRun, type ServerRun, stateFiles } from './state-files.ts'

/** Milliseconds from one request of a soak to the next. */
const SOAK_EVERY = 50

export function isStopped(context: CheckContext) {
  return isIn('stopped', context)
}

export function isServing(context: CheckContext) {
  return isIn('serving', context)
}

export function isDrained(context: CheckContext) {
  return isIn('drained', context)
}

async function isIn(state: 'stopped' | IntakeState, { signal, log }: CheckContext) {
  const seen = await findServer(signal)
  if (seen.state !== 'unknown') return seen.state === state
  log.debug(`whether the server is ${state} cannot be said`, { reason: seen.reason })
  return 'unknown'
}

/** A server that ends in order takes the file of its run with it. */
export async function hasCrashed() {
  const files = stateFiles()
  return (await readRun(files)) !== undefined && !isLocked(files)
}

/** What it was is the output, so it stays in the record. */
export async function buryServer({ log }: TaskContext): Promise<ServerRun | undefined> {
  const files = stateFiles()
  const run = await readRun(files)
  if (run === undefined || isLocked(files)) return undefined
  await rm(files.run)
  log.warn('the server was killed', { ...run })
  return run
}

/** On the port of `SETPOINT_WEB_SERVICE_PORT`, or a free one. */
export async function startServer({ signal, log }: TaskContext): Promise<ServerRun> {
  const port = process.env['SETPOINT_WEB_SERVICE_PORT'] ?? '0'
  const run = await startProcess(stateFiles(), port, signal)
  log.info('the server serves', { ...run })
  return run
}

export async function stopServer({ signal }: TaskContext): Promise<void> {
  await command('stop', signal)
  await processEnd(stateFiles(), signal)
}

export async function drain({ signal }: TaskContext): Promise<void> {
  const { state } = await command('drain', signal)
  if (state !== 'drained') throw new Error(`the server is ${state} although it was drained`)
}

export async function resume({ signal }: TaskContext): Promise<void> {
  await command('resume', signal)
}

/** Uses the service as a client does and says what it measured. */
export async function smokeTest({ signal, progress, taskletId }: TaskContext) {
  const { url, run } = await requireServer(signal)
  const times: number[] = []
  const expectStatus = async (status: number, path: string, body?: unknown): Promise<unknown> => {
    const started = performance.now()
    const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    const response = await fetch(url + path, { ...sent, signal })
    const answer: unknown = await response.json()
    times.push(performance.now() - started)
    if (response.status === status) return answer
    throw new Error(`${path} answered ${response.status} instead of ${status}`)
  }

  await expectStatus(200, '/health')
  progress(0.2, 'the server is healthy')
  const name = `smoke test ${taskletId}`
  const written = (await expectStatus(201, '/items', { name })) as Item
  const read = (await expectStatus(200, `/items/${written.id}`)) as Item
  if (read.name !== name) throw new Error(`item ${written.id} came back as "${read.name}"`)
  progress(0.6, `item ${written.id} was written and read back`)
  await expectStatus(400, '/items', { name: '' })
  await expectStatus(404, '/nothing-here')
  const { total } = (await expectStatus(200, '/items')) as { total: number }
  progress(1, 'bad requests are refused')

  return {
    url,
    pid: run.pid,
    runId: run.runId,
    requests: times.length,
    p50Ms: median(times),
    item: written.id,
    items: total,
  }
}

/** Goes on when a request fails, as a client does that measures how often the service is there. */
export async function soak(context: TaskContext<{ requests: number }>) {
  const { input, signal, progress } = context
  const { url, run } = await requireServer(signal)
  let sent = 0
  let failed = 0
  for await (const _ of setInterval(SOAK_EVERY, undefined, { signal })) {
    const isThere = await fetch(`${url}/health`, { signal }).then(
      ({ ok }) => ok,
      () => false,
    )
    signal.throwIfAborted()
    sent += 1
    if (!isThere) failed += 1
    progress(sent / input.requests, `${failed} of ${sent} requests failed`)
    if (sent === input.requests) break
  }
  return { pid: run.pid, sent, failed }
}

export async function copyItems(context: TaskContext<{ folder: string }>) {
  const { input, signal, progress, taskletId } = context
  const written = await writeBackup(stateFiles().items, input.folder, taskletId, progress)
  signal.throwIfAborted()
  return written
}

/** The number of backups that are left. */
export async function prune({ input }: TaskContext<{ folder: string; keep: number }>) {
  return await pruneBackups(resolve(input.folder), input.keep)
}

/** Rounded to hundredths. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return Math.round((sorted[Math.floor(sorted.length / 2)] ?? 0) * 100) / 100
}
