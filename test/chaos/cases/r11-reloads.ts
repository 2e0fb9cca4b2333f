import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Fault, type FaultContext, type Figure, none } from '../fault.ts'
import type { Reloading } from '../reloading.ts'

const SIZES = {
  full: { edits: 500, tasklets: 5000 },
  short: { edits: 50, tasklets: 500 },
} as const

const PROCESS = fileURLToPath(new URL('../reloading.ts', import.meta.url))

export const fault: Fault = {
  id: 'R11',
  title: 'Hot reload under load',
  description:
    'The files of a plan are edited again and again while its tasklets run, three edits in ten broken. Every piece of code and of the declaration names its version; each tasklet says which took part in its run.',
  inflict,
}

async function inflict(context: FaultContext): Promise<readonly Figure[]> {
  const { edits, tasklets } = SIZES[context.form]
  const found = await reload(context, edits, tasklets)
  return [
    { name: 'tasklets', value: found.completed, expected: tasklets },
    { name: 'edits', value: found.reloaded + found.rejected, expected: edits },
    { name: 'of them broken', value: found.broken },
    { name: 'versions that tasklets ran with', value: found.versionsRun },
    none('runs that mix versions', found.mixed),
    none('broken edits that changed the plan', found.changedByBroken),
    {
      name: 'broken edits that were not rejected',
      value: found.broken - found.rejected,
      expected: 0,
    },
    { name: 'old versions still in memory', value: found.kept, expected: 0 },
    { name: 'KiB that the heap has grown by', value: Math.round(found.growth / 1024) },
  ]
}

async function reload(context: FaultContext, edits: number, tasklets: number): Promise<Reloading> {
  const { folder, seed } = context
  const settings = [folder, edits, tasklets, seed].map(String)
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--expose-gc', PROCESS, ...settings],
    { timeout: 300_000 },
  )
  return JSON.parse(stdout) as Reloading
}
