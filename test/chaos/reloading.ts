import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { memoryStore } from '../../src/index.ts'
import { loadPlans } from '../../src/plan/load.ts'
import type { Plan } from '../../src/plan/model.ts'
import { toLoading } from '../../src/runtime/plans/create-reloads.ts'
import { Runtime } from '../../src/runtime/runtime.ts'
import { seededRandom } from '../bench/random.ts'
import { breakVersion, type Said, writeVersion } from './reloading-plan.ts'

/** What came of it, as the process prints it. */
export interface Reloading {
  readonly tasklets: number
  readonly completed: number
  readonly edits: number
  readonly broken: number
  readonly reloaded: number
  readonly rejected: number
  /** Versions that runs have said they belong to. */
  readonly versionsRun: number
  readonly mixed: readonly string[]
  /** Broken edits after which another version counted than before. */
  readonly changedByBroken: readonly string[]
  /** Versions that are not current, and that are still in memory at the end. */
  readonly kept: number
  /** Bytes that the heap has grown by from the first tenth of the edits to the end. */
  readonly growth: number
}

const TASKS = ['plain', 'plain', 'pass', 'lock']
const MOST_UNSETTLED = 40
const nothing = () => {}
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing }

const [folder = '', edits = '500', tasklets = '5000', seed = '1'] = process.argv.slice(2)
console.log(JSON.stringify(await run(Number(edits), Number(tasklets), Number(seed))))

async function run(edits: number, tasklets: number, seed: number): Promise<Reloading> {
  const random = seededRandom(seed)
  writeVersion(folder, 'v0')
  // It is told of each edit, because one of several files is loaded half-done by who only watches.
  const options = { concurrency: 16, watch: true, logger: SILENT }
  const plans = await loadPlans([folder], toLoading([], options).options)
  const runtime = new Runtime(plans, memoryStore(), options, [])
  const versions: (readonly WeakRef<object>[])[] = []
  let rejected = 0
  runtime.events.on('plan.reloaded', () => versions.push(...runtime.plans.map(toRefs)))
  runtime.events.on('plan.rejected', () => {
    rejected += 1
  })
  await runtime.start()

  const progress = { share: 0 }
  const working = work(runtime, { tasklets, progress, random })
  const { broken, changedByBroken, before } = await edit(runtime, { edits, progress, random })
  const said = await working
  const growth = (await usedHeap()) - before
  const alive = versions.filter((refs) => refs.some((ref) => ref.deref() !== undefined)).length
  await runtime.stop()
  return {
    tasklets,
    completed: said.length,
    edits,
    broken,
    reloaded: versions.length,
    rejected,
    versionsRun: new Set(said.map(({ handler }) => handler)).size,
    mixed: said.filter(isMixed).map((each) => JSON.stringify(each)),
    changedByBroken,
    kept: alive - 1,
    growth,
  }
}

interface Progress {
  /** Of all tasklets, those that were submitted: 0..1. */
  share: number
}

interface Working {
  readonly tasklets: number
  readonly progress: Progress
  readonly random: () => number
}

async function work(runtime: Runtime, { tasklets, progress, random }: Working): Promise<Said[]> {
  const running = new Set<Promise<unknown>>()
  const said: Said[] = []
  for (let index = 1; index <= tasklets; index += 1) {
    const task = TASKS[Math.floor(random() * TASKS.length)]
    const handle = await runtime.submit(`reloading/${task}`, { sleep: Math.floor(random() * 20) })
    const ending = handle.result().then((output) => {
      said.push(output as Said)
      running.delete(ending)
    })
    running.add(ending)
    progress.share = index / tasklets
    while (running.size >= MOST_UNSETTLED) await Promise.race(running)
  }
  await Promise.all(running)
  return said
}

interface Editing {
  readonly edits: number
  readonly progress: Progress
  readonly random: () => number
}

async function edit(runtime: Runtime, { edits, progress, random }: Editing) {
  const changedByBroken: string[] = []
  let broken = 0
  let before = 0
  for (let index = 1; index <= edits; index += 1) {
    while (progress.share < index / edits) await sleep(1)
    const name = `v${index}`
    const { version } = runtime.plan('reloading')
    const isBroken = random() < 0.3
    if (isBroken) breakVersion(folder, name, index)
    else writeVersion(folder, name)
    await runtime.reload(folder)
    const isChanged = runtime.plan('reloading').version !== version
    if (isBroken) broken += 1
    if (isBroken && isChanged) changedByBroken.push(name)
    if (index === Math.ceil(edits / 10)) before = await usedHeap()
  }
  return { broken, changedByBroken, before }
}

function isMixed({ handler, imported, declared, moves }: Said): boolean {
  return [imported, declared, ...moves].some((version) => version !== handler)
}

/** Bytes that are still used when all garbage is gone. */
async function usedHeap(): Promise<number> {
  for (let round = 0; round < 5; round += 1) {
    await turn()
    globalThis.gc?.()
  }
  return process.memoryUsage().heapUsed
}

/** What a version consists of: none of it must outlive the version. */
function toRefs(plan: Plan): readonly WeakRef<object>[] {
  const states = [...(plan.world?.states.values() ?? [])]
  const code = [...plan.tasks.values(), ...states.flatMap(({ check }) => check ?? [])]
  const parts = [plan, ...(plan.world === undefined ? [] : [plan.world, plan.world.machine])]
  return [...parts, ...code.map(({ run }) => run)].map((part) => new WeakRef(part))
}
