import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createRuntime } from '../../../../src/create-runtime.ts'
import { serve } from '../../../../src/gateway/server.ts'
import type { Runtime } from '../../../../src/runtime/runtime.ts'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { keptLog } from '../../../support/logs.ts'
import { type Collected, runCollected } from '../collected-io.ts'

const PLAN = `
setpoint: 1
name: shop
actions: ./actions.ts
tasks:
  tidy: { run: tidy, input: { type: object, properties: { shelf: { type: string } }, additionalProperties: false } }
  spill: spill
  sound: sound
  ask: { steps: [{ waitFor: { event: "answer.*" } }] }
resources: { door: 2 }
machine:
  id: shop
  initial: shut
  states:
    shut: { meta: { check: isShut }, on: { OPEN: { target: open, meta: { task: tidy, cost: 3 } } } }
    open: { initial: calm, states: { calm: { meta: { check: isOpen } } } }
schedules:
  nightly: { task: tidy, cron: "0 3 * * *", timezone: Europe/Berlin, input: { shelf: top } }
interrupts:
  alarm: { on: "alarm.**", run: sound }
`
const ACTIONS = `
export const tidy = ({ input }) => input
export const isShut = () => process.env.SHOP_STATE !== 'gone'
export const isOpen = () => false
export const sound = () => 'beep'
export const spill = () => { throw new Error('all over the floor') }
`

export interface Place {
  readonly runtime: Runtime
  /** By the same database, directly and through a server that runs on it. */
  readonly ways: Readonly<Record<Way, (...argv: string[]) => Promise<Collected>>>
}

export type Way = 'database' | 'server'
export const WAYS: readonly Way[] = ['database', 'server']

/** A plan with work in it, reached in both ways. */
export async function place(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-both-'))
  const [plans, db] = [join(folder, 'shop'), join(folder, 'setpoint.db')]
  mkdirSync(plans)
  writeFileSync(join(plans, 'plan.yaml'), PLAN)
  writeFileSync(join(plans, 'actions.ts'), ACTIONS)
  const store = sqliteStore(db)
  const runtime = await createRuntime({ plans: [plans], store, logger: keptLog() })
  await runtime.start()
  const server = await serve(runtime, { port: 0, log: keptLog() })
  onTestFinished(async () => {
    await runtime.stop()
    await server.close()
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const takesPlans = (argv: readonly string[]) =>
    /^(submit|schedule|interrupt|dlq replay|tasks (explain|retry)|plan)/.test(argv.join(' '))
  const ways = {
    database: (...argv: string[]) =>
      runCollected([...argv, '--db', db, ...(takesPlans(argv) ? ['--plans', plans] : [])]),
    server: (...argv: string[]) => runCollected([...argv, '--url', server.url]),
  }
  return { runtime, ways }
}
