import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { loadPlans } from '../../src/plan/load.ts'
import type { RuntimeOptions } from '../../src/runtime/options/options.ts'
import { toLoading } from '../../src/runtime/plans/create-reloads.ts'
import { Runtime } from '../../src/runtime/runtime.ts'
import { memoryStore } from '../../src/stores/memory/store.ts'
import { keptLog } from './logs.ts'
import { ManualClock } from './manual-clock.ts'

/** A folder of its own for the test, gone afterwards. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-plans-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Writes files of a plan, each as an editor does: beside its place, then moved there. */
export async function writePlan(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(`${path}.tmp`, text)
    await rename(`${path}.tmp`, path)
  }
}

/** A running runtime over plan folders, on a manual clock. */
export async function startFolders(sources: readonly string[], options: RuntimeOptions = {}) {
  const [clock, log, store] = [new ManualClock(), keptLog(), memoryStore()]
  const settings = { concurrency: 8, random: () => 0, clock, logger: log, ...options }
  const plans = await loadPlans(sources, toLoading(sources, settings).options)
  const runtime = new Runtime(plans, store, settings, sources)
  const events: { readonly name: string; readonly data: unknown }[] = []
  runtime.events.on('**', ({ name, data }) => void events.push({ name, data }))
  onTestFinished(async () => {
    const stopping = runtime.stop()
    await clock.advance('1m')
    await stopping
  })
  await runtime.start()
  return { runtime, clock, log, store, events }
}
