import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { expect, it, onTestFinished, vi } from 'vitest'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { newTasklet } from '../../../../src/testing/store-contract/records.ts'
import { newDatabaseFile } from '../../../support/database-file.ts'

const PROGRAM = new URL('../../../support/shared-work.ts', import.meta.url).pathname
const UNITS: Record<string, number> = { train: 1, large: 2 }

async function startWorker(file: string, log: string) {
  const child = spawn(process.execPath, [PROGRAM, file, log], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}

/** The most units in use at once. What a process was doing ends with it. */
function mostInUse(log: string, dead: ReadonlySet<string>): number {
  const begun = new Map<string, { readonly process: string; readonly units: number }>()
  let most = 0
  for (const line of readFileSync(log, 'utf8').trim().split('\n')) {
    const [what, task = '', process = '', id = ''] = line.split(' ')
    if (what === 'end') begun.delete(id)
    else begun.set(id, { process, units: UNITS[task] ?? 0 })
    const last = begun.get(id)
    const living = [...begun.values()].filter((one) => one === last || !dead.has(one.process))
    most = Math.max(
      most,
      living.reduce((sum, { units }) => sum + units, 0),
    )
  }
  return most
}

function lastProcess(log: string): string | undefined {
  return readFileSync(log, 'utf8').trim().split('\n').at(-1)?.split(' ')[2]
}

it('Processes on one file never use more than there is, and what one left the other does.', async () => {
  const [file, log] = [newDatabaseFile(), `${newDatabaseFile()}.log`]
  const store = sqliteStore(file)
  await store.open()
  onTestFinished(() => store.close())
  const workers = await Promise.all([startWorker(file, log), startWorker(file, log)])
  const now = Date.now()
  const given = Array.from({ length: 120 }, (_, at) =>
    newTasklet({
      plan: 'plan',
      task: at % 4 === 0 ? 'large' : 'train',
      createdAt: now,
      updatedAt: now,
    }),
  )
  await store.insert(given)
  const done = async () => (await store.counts()).completed
  await vi.waitFor(async () => expect(await done()).toBeGreaterThan(30), { timeout: 30_000 })
  // The one that has just begun something: it leaves that, and what it holds.
  const victim = workers.find(({ pid }) => String(pid) === lastProcess(log))
  victim?.kill('SIGKILL')
  if (victim !== undefined) await once(victim, 'exit')
  await vi.waitFor(async () => expect(await done()).toBe(120), { timeout: 60_000 })
  const lines = readFileSync(log, 'utf8')
  for (const { pid } of workers) expect(lines).toContain(` ${pid} `)
  expect(mostInUse(log, new Set([String(victim?.pid)]))).toBe(2)
  expect(await store.holds()).toEqual([])
}, 120_000)
