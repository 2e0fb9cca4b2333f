import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { StoreError } from '../../src/core/errors.ts'
import type { Runtime } from '../../src/runtime/runtime.ts'
import { seededRandom } from '../bench/random.ts'
import type { Witness } from './witness.ts'
import { dependencyOf, kindOf } from './work.ts'
import { FILES, type WorkerSettings } from './worker-settings.ts'

const LARGEST_BURST = 10
/** Milliseconds between two looks at what is allowed, and between two tries. */
const PAUSE = 50

/**
 * Submits in bursts of random size, each one by one or as a batch. What was acknowledged is in the
 * witness, and on the disk, after each. Whatever a life before this one has stored without being
 * told is submitted again under its key.
 */
export async function submitAll(
  runtime: Runtime,
  settings: WorkerSettings,
  witness: Witness,
): Promise<void> {
  const { submissions, seed } = settings
  const random = seededRandom(seed)
  const ids = new Map(settings.known)
  const submit = { one: submitOneByOne, batch: submitBatch }
  for (let at = 0; at < submissions.length; ) {
    const burst = submissions.slice(at, at + 1 + Math.floor(random() * LARGEST_BURST))
    at += burst.length
    await untilAllowed(settings, Math.max(...burst))
    const acknowledge = (n: number, id: string) => {
      ids.set(n, id)
      witness.write({ what: 'acknowledged', n, id })
    }
    // What waits for another of its burst has to be told apart by keys, so it comes as a batch.
    const isChained = burst.some((n) => burst.includes(dependencyOf(n) ?? -1))
    const how = isChained || random() < 0.5 ? 'batch' : 'one'
    const entries = () => burst.map((n) => toEntry(n, settings, ids))
    await untilTaken(settings, () => submit[how](runtime, entries(), acknowledge))
    witness.sync()
  }
}

async function untilAllowed({ folder }: WorkerSettings, n: number): Promise<void> {
  const file = join(folder, FILES.allowed)
  while (existsSync(file) && Number(readFileSync(file, 'utf8')) <= n) await pause(PAUSE)
}

/**
 * Who serves submits the burst again when the store could not be reached: it may have been stored all
 * the same, which its keys tell.
 */
async function untilTaken({ serves }: WorkerSettings, submit: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await submit()
    } catch (error) {
      if (!serves || !(error instanceof StoreError)) throw error
      await pause(PAUSE)
    }
  }
}

type Acknowledge = (n: number, id: string) => void

interface Entry {
  readonly n: number
  readonly key: string
  readonly task: string
  readonly input: { readonly n: number }
  readonly options: { readonly idempotencyKey: string }
  readonly dependsOn: readonly string[]
}

/** The dependency by its id where that is known, otherwise by its key in the batch. */
function toEntry(n: number, settings: WorkerSettings, ids: ReadonlyMap<number, string>): Entry {
  const before = dependencyOf(n)
  const kind = n === settings.poison ? 'poison' : (settings.kind ?? kindOf(n))
  const key = toKey(n)
  return {
    n,
    key,
    task: `chaos/${kind}`,
    input: { n },
    options: { idempotencyKey: key },
    dependsOn: before === undefined ? [] : [ids.get(before) ?? toKey(before)],
  }
}

function toKey(n: number): string {
  return `work-${n}`
}

async function submitOneByOne(
  runtime: Runtime,
  entries: readonly Entry[],
  acknowledge: Acknowledge,
): Promise<void> {
  const submissions = entries.map(async ({ n, task, input, options, dependsOn }) => {
    const { id } = await runtime.submit(task, input, { ...options, dependsOn })
    acknowledge(n, id)
  })
  await Promise.all(submissions)
}

async function submitBatch(
  runtime: Runtime,
  entries: readonly Entry[],
  acknowledge: Acknowledge,
): Promise<void> {
  const batch = entries.map(({ n: _, ...entry }) => entry)
  const handles = await runtime.submitBatch(batch)
  for (const { n, key } of entries) {
    const id = handles[key]?.id
    if (id === undefined) throw new Error(`the batch has no handle for ${key}`)
    acknowledge(n, id)
  }
}
