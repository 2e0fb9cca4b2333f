import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { faults as clusterKills } from './cases/r1-cluster.ts'
import { fault as kills } from './cases/r1-kills.ts'
import { fault as tornFile } from './cases/r2-torn-file.ts'
import { fault as blockedLoop } from './cases/r3-blocked-loop.ts'
import { faults as outages } from './cases/r4-outages.ts'
import { fault as faultyDisk } from './cases/r5-faulty-disk.ts'
import { fault as clocks } from './cases/r6-clocks.ts'
import { fault as storm } from './cases/r7-storm.ts'
import { fault as junkRequests } from './cases/r8-http.ts'
import { fault as junk } from './cases/r8-junk.ts'
import { fault as load } from './cases/r8-load.ts'
import { fault as junkMessages } from './cases/r8-messages.ts'
import { fault as strangers } from './cases/r9-strangers.ts'
import { fault as poison } from './cases/r10-poison.ts'
import { fault as reloads } from './cases/r11-reloads.ts'
import { missingOf } from './cluster/installed.ts'
import { type Fault, type FaultContext, type Figure, isViolated } from './fault.ts'

const FAULTS: readonly Fault[] = [
  kills,
  ...clusterKills,
  tornFile,
  blockedLoop,
  ...outages,
  faultyDisk,
  clocks,
  storm,
  junk,
  junkRequests,
  junkMessages,
  load,
  strangers,
  poison,
  reloads,
]

/** The faults that have a short form, and the servers that each needs and that are not installed. */
export const SHORT_FAULTS: readonly (readonly [id: string, missing: readonly string[]])[] =
  FAULTS.filter(({ isLong }) => !isLong).map((fault) => [fault.id, missingOf(fault)])

export interface Finding {
  readonly fault: Fault
  readonly figures: readonly Figure[]
  readonly violated: boolean
}

export interface InflictOptions {
  readonly form: FaultContext['form']
  readonly seed: number
  /** The id of one fault; all of them unless given. */
  readonly only?: string | undefined
  readonly progress: (line: string) => void
}

/** One fault after the other, each in a folder of its own. */
export async function inflictAll(options: InflictOptions): Promise<readonly Finding[]> {
  const chosen = FAULTS.filter(({ id, isLong }) => {
    if (options.only !== undefined) return id === options.only
    return options.form === 'full' || !isLong
  })
  const findings: Finding[] = []
  for (const fault of chosen) findings.push(await inflictOne(fault, options))
  return findings
}

async function inflictOne(fault: Fault, options: InflictOptions): Promise<Finding> {
  const { form, seed, progress } = options
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-chaos-'))
  progress(`${fault.id} ${fault.title} (seed ${seed})`)
  const tell = (line: string) => progress(`  ${line}`)
  const figures = await inflictOrBreakOff(fault, { seed, form, folder, progress: tell })
  const violated = figures.some(isViolated)
  if (violated) tell(`what it left behind is in ${folder}`)
  else rmSync(folder, { recursive: true, force: true })
  return { fault, figures, violated }
}

/** A case that cannot come to its end is a violation like any other, and the others still run. */
async function inflictOrBreakOff(fault: Fault, context: FaultContext): Promise<readonly Figure[]> {
  try {
    const missing = missingOf(fault)
    if (missing.length > 0) throw new Error(`not installed: ${missing.join(', ')}`)
    return await fault.inflict(context)
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return [{ name: 'broke off', value: 1, expected: 0, details: [message] }]
  }
}
