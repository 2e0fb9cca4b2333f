import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { createClient } from '../../src/http.ts'
import { BIN, type CliPlace, type CliProcess, freshPlace } from './cli-process.ts'

const PLAN = 'setpoint: 1\nname: press\nactions: ./actions.ts\ntasks: { print: print }\n'
/** Each run says whose it is, and ends when there is a file `release`. */
const ACTIONS = `
import { appendFileSync, existsSync, watch } from 'node:fs'

export function print({ taskletId, signal }) {
  appendFileSync('runs', taskletId + ' ' + process.pid + '\\n')
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
const CONFIG = { concurrency: SLOTS, lease: { duration: '2s' } }

/** A gateway that runs nothing, two workers, and as much work as both can run at once. */
async function busyCluster() {
  const place = freshPlace()
  const plan = join(place.folder, 'plans/press')
  mkdirSync(plan, { recursive: true })
  writeFileSync(join(plan, 'plan.yaml'), PLAN)
  writeFileSync(join(plan, 'actions.ts'), ACTIONS)
  writeFileSync(join(place.folder, 'setpoint.config.json'), JSON.stringify(CONFIG))
  const gateway = cli(place, 'serve', '--port', '0', '--no-work')
  await gateway.printed('http://')
  const workers = [cli(place, 'worker'), cli(place, 'worker')] as const
  await Promise.all(workers.map((worker) => worker.printed('working')))
  const { tasks } = createClient(gateway.texts.stdout.trim())
  const submit = async () => (await tasks.submit('press/print')).id
  const ids = await Promise.all(Array.from({ length: 2 * SLOTS }, submit))
  /** The processes that ran the tasklet, in that order. */
  const runnersOf = (id: string) =>
    linesOf(join(place.folder, 'runs')).flatMap(([run, pid]) => (run === id ? [Number(pid)] : []))
  await expect.poll(() => ids.flatMap(runnersOf), { timeout: 30_000 }).toHaveLength(ids.length)
  const release = () => writeFileSync(join(place.folder, 'release'), '')
  const settled = (id: string) =>
    vi.waitUntil(async () => {
      const record = await tasks.get(id, { wait: '5s' })
      return record.status === 'completed' && record
    }, 50_000)
  return { gateway, workers, ids, submit, runnersOf, release, settled }
}

function cli(place: CliPlace, ...argv: readonly string[]): CliProcess & { readonly pid: number } {
  const process_ = place.start([process.execPath, BIN, ...argv])
  return { ...process_, pid: process_.child.pid ?? -1 }
}

function linesOf(file: string): readonly (readonly string[])[] {
  try {
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
  } catch (error) {
    // Nothing has run yet.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

test('What a gateway takes in only workers run, and when one is stopped the other goes on.', async () => {
  const { gateway, workers, ids, submit, runnersOf, release, settled } = await busyCluster()
  const [one, other] = workers
  const pids = [one.pid, one.pid, other.pid, other.pid].sort()
  expect(ids.flatMap(runnersOf).sort()).toEqual(pids)

  one.child.kill('SIGTERM')
  await one.said('letting running work end')
  const later = await submit()
  release()
  for (const id of [...ids, later]) expect(await settled(id)).toMatchObject({ deliveries: 1 })
  expect(runnersOf(later)).toEqual([other.pid])
  expect(await one.ended).toMatchObject({ code: 0 })

  for (const { child } of [gateway, other]) child.kill('SIGTERM')
  expect(await other.ended).toMatchObject({ code: 0 })
  expect(await gateway.ended).toMatchObject({ code: 0 })
})

test('The work of a worker that is killed is taken up by the other.', async () => {
  const { workers, ids, runnersOf, release, settled } = await busyCluster()
  const [one, other] = workers
  const orphans = ids.filter((id) => runnersOf(id).includes(one.pid))
  one.child.kill('SIGKILL')
  await one.ended
  release()
  for (const id of ids) {
    const deliveries = orphans.includes(id) ? 2 : 1
    expect(await settled(id)).toMatchObject({ deliveries, attempts: 0 })
    expect(runnersOf(id).at(-1)).toBe(other.pid)
  }
})
