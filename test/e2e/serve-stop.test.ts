import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createClient } from '../../src/http.ts'
import { BIN, type CliPlace, freshPlace } from './cli-process.ts'

const PLAN = 'setpoint: 1\nname: press\nactions: ./actions.ts\ntasks: { print: print }\n'
/** Each run leaves a line, and ends when there is a file `release`, or when it is told to. */
const ACTIONS = `
import { appendFileSync, existsSync, watch } from 'node:fs'

export function print({ signal }) {
  appendFileSync('runs', 'x')
  return new Promise((resolve, reject) => {
    const look = () => existsSync('release') && end(() => resolve('printed'))
    const watcher = watch('.', look)
    const end = (how) => { watcher.close(); how() }
    signal.addEventListener('abort', () => end(() => reject(signal.reason)))
    look()
  })
}
`

const SLOTS = 2
const SUBMITTED = 6

/** A place with a plan whose work ends when `release` is called. */
function pressPlace(): CliPlace & { release(): void } {
  const place = freshPlace()
  const plan = join(place.folder, 'plans/press')
  mkdirSync(plan, { recursive: true })
  writeFileSync(join(plan, 'plan.yaml'), PLAN)
  writeFileSync(join(plan, 'actions.ts'), ACTIONS)
  const config = { concurrency: SLOTS }
  writeFileSync(join(place.folder, 'setpoint.config.json'), JSON.stringify(config))
  return { ...place, release: () => writeFileSync(join(place.folder, 'release'), '') }
}

async function started(place: CliPlace, ...flags: readonly string[]) {
  const server = place.start([process.execPath, BIN, 'serve', '--port', '0', ...flags])
  await server.said('"msg":"serving"')
  const [, url = ''] = /"url":"([^"]+)"/.exec(server.texts.stderr) ?? []
  return { ...server, url, client: createClient(url) }
}

/** A server that runs as much as it may, with more that waits. */
async function underLoad(place: CliPlace, ...flags: readonly string[]) {
  const server = await started(place, ...flags)
  const { tasks } = server.client
  const all = Array.from({ length: SUBMITTED }, () => tasks.submit('press/print'))
  const ids = (await Promise.all(all)).map(({ id }) => id)
  const running = async () => (await tasks.list({ status: ['running'] })).items
  const isBusy = async () => {
    const views = await Promise.all((await running()).map(({ id }) => tasks.get(id)))
    return views.filter(({ phase }) => phase === 'executing').length === SLOTS
  }
  while (!(await isBusy())) await tasks.get(ids[0] ?? '', { wait: '50ms' })
  return { ...server, ids }
}

/** What the database holds, by status, and the attempts that were spent on it. */
async function held(place: CliPlace) {
  const { stdout } = await place.run('tasks', 'ls', '--all', '--json')
  const items: { status: string; attempts: number }[] = JSON.parse(stdout).items
  const count = (wanted: string) => items.filter(({ status }) => status === wanted).length
  return { total: items.length, pending: count('pending'), completed: count('completed'), items }
}

test('at the first signal a server is ready no more, lets running work end, and claims none', async () => {
  const place = pressPlace()
  const server = await underLoad(place)
  const ask = async (path: string) => (await fetch(server.url + path)).status
  expect(await ask('/readyz')).toBe(200)
  server.child.kill('SIGTERM')
  await server.said('SIGTERM: letting running work end')
  expect([await ask('/healthz'), await ask('/readyz')]).toEqual([200, 503])
  place.release()
  expect(await server.ended).toMatchObject({ code: 0 })
  const { total, pending, completed } = await held(place)
  expect({ total, pending, completed }).toEqual({
    total: SUBMITTED,
    pending: SUBMITTED - SLOTS,
    completed: SLOTS,
  })
})

test('what does not end within the drain time is given back, and has spent no attempt', async () => {
  const place = pressPlace()
  const server = await underLoad(place, '--drain', '50ms')
  server.child.kill('SIGINT')
  expect(await server.ended).toMatchObject({ code: 0 })
  const { pending, items } = await held(place)
  expect(pending).toBe(SUBMITTED)
  expect(items.map(({ attempts }) => attempts)).toEqual(items.map(() => 0))
})

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)(
  'a second %s ends it at once, and the next process runs everything',
  async (signal, code) => {
    const place = pressPlace()
    const server = await underLoad(place)
    server.child.kill(signal)
    await server.said(`${signal}: letting running work end`)
    server.child.kill(signal)
    expect(await server.ended).toMatchObject({ code })
    place.release()
    const next = await started(place)
    for (const id of server.ids) {
      expect(await next.client.tasks.get(id, { wait: '20s' })).toMatchObject({
        status: 'completed',
      })
    }
    next.child.kill('SIGTERM')
    expect(await next.ended).toMatchObject({ code: 0 })
  },
)
