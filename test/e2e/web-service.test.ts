import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startProcess } from '../../plans/web-service/server-process.ts'
import { writeRun } from '../../plans/web-service/state-files.ts'
import { TaskletError } from '../../src/core/errors.ts'
import { foreignServer, getJson } from '../fixtures/web-service/http.ts'
import { PLAN, ServiceScene } from '../fixtures/web-service/scene.ts'

interface Smoke {
  readonly url: string
  readonly pid: number
  readonly runId: string
  readonly requests: number
  readonly p50Ms: number
  readonly items: number
}

interface Backup {
  readonly file: string
  readonly bytes: number
  readonly rows: number
  readonly kept: number
}

const START = { event: 'START', task: 'start-server', from: 'stopped', to: 'up.serving' }
const CLI = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url))
const DYING_STARTER = fileURLToPath(
  new URL('../fixtures/web-service/dying-starter.ts', import.meta.url),
)

test('the first run starts the server, which outlives the command, and the second finds it serving', async () => {
  const { folder } = new ServiceScene()
  const options = ['--json', '--plans', PLAN, '--db', join(folder, 'setpoint.db')]
  const run = async () => {
    const args = [CLI, 'run', 'web-service/smoke-test', ...options]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    return JSON.parse(stdout)
  }

  const first = await run()
  expect(first).toMatchObject({ status: 'completed', output: { requests: 6, items: 1 } })
  expect(first.trail).toMatchObject({ from: 'stopped', steps: [{ ...START, outcome: 'moved' }] })
  expect(first.output.p50Ms).toBeGreaterThan(0)
  const health = await getJson(`${first.output.url}/health`)
  expect(health).toMatchObject({ state: 'serving', pid: first.output.pid })

  const second = await run()
  expect(second.trail).toEqual({ from: 'up.serving', target: 'up.serving', steps: [] })
  const { pid, runId, url } = first.output
  expect(second.output).toMatchObject({ pid, runId, url, items: 2 })
})

test('a backup drains the server first, holds every item, and can be served from', async () => {
  const scene = new ServiceScene()
  const runtime = await scene.start()
  const { url } = await scene.run<Smoke>('smoke-test')
  await scene.run('smoke-test')
  const submitted = { folder: join(scene.folder, 'backups') }
  const handle = await runtime.submit('web-service/backup', submitted)
  const backup = (await handle.result()) as Backup

  const record = await runtime.get(handle.id)
  expect(record?.trail?.from).toBe('up.serving')
  expect(record?.trail?.steps.map(({ task, to }) => [task, to])).toEqual([['drain', 'up.drained']])
  expect(record?.input).toEqual({ ...submitted, keep: 7 })
  expect(backup).toMatchObject({ rows: 2, kept: 1 })
  const { items } = await getJson<{ items: unknown[] }>(`${url}/items`)
  expect(items).toHaveLength(2)

  const other = new ServiceScene()
  mkdirSync(other.files.folder)
  copyFileSync(backup.file, other.files.items)
  await other.start()
  await other.goTo('up.serving')
  const restored = await getJson<{ items: unknown[] }>(`${await other.serverUrl()}/items`)
  expect(restored.items).toEqual(items)
})

test('a folder keeps as many backups as were asked for, the newest, and what is not a backup', async () => {
  const scene = new ServiceScene()
  await scene.start()
  const folder = join(scene.folder, 'backups')
  mkdirSync(folder)
  writeFileSync(join(folder, 'items-of-mine.db'), 'not a backup')
  const made: Backup[] = []
  for (let count = 0; count < 3; count += 1) {
    made.push(await scene.run<Backup>('backup', { folder, keep: 2 }))
  }

  expect(made.map(({ kept }) => kept)).toEqual([1, 2, 2])
  const newest = made.slice(1).map(({ file }) => file)
  const names = readdirSync(folder).map((name) => join(folder, name))
  expect(names.sort()).toEqual([...newest, join(folder, 'items-of-mine.db')].sort())
  const copy = new DatabaseSync(newest[0] ?? '', { readOnly: true })
  expect(copy.prepare('SELECT count(*) AS total FROM items').get()).toEqual({ total: 0 })
  copy.close()
})

test.each([
  ['no folder', { keep: 3 }],
  ['a keep of 0', { folder: 'x', keep: 0 }],
  ['an unknown key', { folder: 'x', kep: 3 }],
])('a backup with %s is refused before anything is stored', async (_, input) => {
  const scene = new ServiceScene()
  const runtime = await scene.start()
  await expect(runtime.submit('web-service/backup', input)).rejects.toMatchObject({
    code: 'invalid_input',
  })
  expect((await runtime.list()).items).toEqual([])
})

test('going to the state "stopped" ends the server process for real', async () => {
  const scene = new ServiceScene()
  await scene.start()
  const { pid, url } = await scene.run<Smoke>('smoke-test')
  const trail = await scene.goTo('stopped')

  expect(trail?.steps.map(({ task }) => task)).toEqual(['stop-server'])
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'))
  await expect(fetch(`${url}/health`)).rejects.toThrow()
  expect(existsSync(scene.files.run)).toBe(false)
})

test('a server that was killed is seen to be stopped in spite of its stale file, and started again', async () => {
  const scene = new ServiceScene()
  const runtime = await scene.start()
  await runtime.interrupts.disable('web-service/crashed')
  const first = await scene.run<Smoke>('smoke-test')
  process.kill(first.pid, 'SIGKILL')
  await scene.serverEnd()

  expect(existsSync(scene.files.run)).toBe(true)
  const handle = await runtime.submit('web-service/smoke-test')
  const second = (await handle.result()) as Smoke
  const record = await runtime.get(handle.id)
  expect(record?.trail).toMatchObject({ from: 'stopped', steps: [{ task: 'start-server' }] })
  expect(second.pid).not.toBe(first.pid)
  expect(second.runId).not.toBe(first.runId)
  expect(second.items).toBe(2)
})

test('a server that is killed under its user is replaced by the interrupt, and the user goes on', async () => {
  const scene = new ServiceScene()
  const runtime = await scene.start()
  const { pid } = await scene.run<Smoke>('smoke-test')
  const using = Promise.withResolvers<unknown>()
  runtime.events.once('tasklet.progress', using.resolve)
  const handle = await runtime.submit('web-service/soak', { requests: 20 })
  await using.promise
  process.kill(pid, 'SIGKILL')

  const output = (await handle.result()) as { pid: number; sent: number; failed: number }
  expect(output).toMatchObject({ sent: 20, failed: 0 })
  expect(output.pid).not.toBe(pid)
  expect(await runtime.get(handle.id)).toMatchObject({ interruptions: 1, attempts: 0 })
  const { items } = await runtime.list({ task: 'bury-server' })
  expect(items).toMatchObject([{ status: 'completed', source: 'interrupt', output: { pid } }])
})

test('a server that cannot start for a taken port is a planning failure that costs no attempt', async () => {
  const scene = new ServiceScene()
  const port = await foreignServer({ state: 'serving' })
  vi.stubEnv('SETPOINT_WEB_SERVICE_PORT', String(port))
  const runtime = await scene.start()
  const handle = await runtime.submit('web-service/smoke-test')

  const failure = await handle.result().catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(TaskletError)
  expect(failure).toMatchObject({ kind: 'planning', reason: 'unreachable' })
  const record = await runtime.get(handle.id)
  expect(record).toMatchObject({ status: 'failed', attempts: 0 })
  const message = `the server did not start: port ${port} of 127.0.0.1 is in use by another process`
  expect(record?.trail?.steps).toMatchObject([{ ...START, outcome: 'failed', message }])
  expect(await getJson(`http://127.0.0.1:${port}/health`)).toEqual({ state: 'serving' })
})

test('no stranger passes for the server, whatever its file says', async () => {
  const scene = new ServiceScene()
  const runtime = await scene.start()
  const stranger = { runId: 'stranger', pid: process.pid, startedAt: new Date().toISOString() }
  const port = await foreignServer({ state: 'serving', runId: 'other', pid: process.pid })
  mkdirSync(scene.files.folder)
  await writeRun(scene.files, { ...stranger, port })
  const without = await runtime.plan('web-service').state()
  expect(without).toMatchObject({ outcome: 'detected', states: ['stopped'] })

  const { pid } = await scene.run<Smoke>('smoke-test')
  await writeRun(scene.files, { ...stranger, pid, port })
  const beside = await runtime.plan('web-service').state()
  expect(beside.outcome).toBe('undetectable')
  expect(beside.evidence.map(({ answer }) => answer)).toEqual(['unknown', 'unknown', 'unknown'])
})

test('a start that is aborted leaves no server behind', async () => {
  const { files } = new ServiceScene()
  const starting = new AbortController()
  const children: ChildProcess[] = []
  const abort = (message: unknown) => {
    children.push((message as { process: ChildProcess }).process)
    starting.abort()
  }
  subscribe('child_process', abort)
  onTestFinished(() => void unsubscribe('child_process', abort))

  await expect(startProcess(files, '0', starting.signal)).rejects.toThrow('aborted')
  expect(children.map(({ signalCode }) => signalCode)).toEqual(['SIGKILL'])
})

test('a server whose starter is killed before it is ready does not stay behind', async () => {
  const { files } = new ServiceScene()
  const starter = spawn(process.execPath, [DYING_STARTER, files.folder], { stdio: 'pipe' })
  // The server has the starter's pipes: they close when both have ended.
  const closed = once(starter, 'close')
  const said = await text(starter.stderr)

  expect(await closed).toEqual([null, 'SIGKILL'])
  expect(said).toBe('whoever started this server has ended before it was ready\n')
  expect(existsSync(files.run)).toBe(false)
})

test('two runtimes that start the server at once end up with one server', async () => {
  const scene = new ServiceScene()
  const runtimes = [await scene.start(), await scene.start('other.db')]
  const handles = await Promise.all(runtimes.map((one) => one.submit('web-service/smoke-test')))
  const outputs = (await Promise.all(handles.map((one) => one.result()))) as Smoke[]

  expect(new Set(outputs.map(({ runId }) => runId)).size).toBe(1)
  const records = await Promise.all(runtimes.map((one, at) => one.get(handles[at]?.id ?? '')))
  const outcomes = records.flatMap((one) => one?.trail?.steps.map(({ outcome }) => outcome))
  expect(outcomes.toSorted()).toEqual(['failed', 'moved'])
})
