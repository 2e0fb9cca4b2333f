import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { definePlan } from '../../../../src/plan/define.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { startFolders, temporaryFolder, writePlan } from '../../../support/plan-folders.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

/** Handlers that wait for a gate and then say which version of the code they are. */
function actions(version: string): string {
  return `const gates = (globalThis.setpointGates ??= {})
export async function work({ input, taskletId }) {
  await new Promise((resolve) => { (gates[input.gate] ??= []).push(resolve) })
  return '${version}'
}
export const quick = () => '${version}'
`
}

interface Gated {
  setpointGates?: Record<string, (() => void)[]>
}

function openGate(name: string): void {
  const { setpointGates: gates = {} } = globalThis as Gated
  for (const open of gates[name]?.splice(0) ?? []) open()
}

const PLAN = `setpoint: 1
name: shop
actions: ./actions.js
tasks:
  work: { run: work }
  quick: { run: quick }
`

async function startShop() {
  const folder = temporaryFolder()
  await writePlan(folder, { 'plan.yaml': PLAN, 'actions.js': actions('one') })
  return { folder, ...(await startFolders([folder])) }
}

const told = (events: readonly { readonly name: string }[], prefix: string) =>
  events.filter(({ name }) => name.startsWith(prefix)).map(({ name }) => name)

describe('a plan that is loaded again', () => {
  it('leaves a run with the version that it started with, and gives new work the new one', async () => {
    const { folder, runtime, events, log } = await startShop()
    const before = runtime.plan('shop').version
    const old = await runtime.submit('shop/work', { gate: 'old' })
    await allDone()

    await writePlan(folder, { 'actions.js': actions('two') })
    const [report] = await runtime.reload()
    expect(report).toMatchObject({ plan: 'shop', previous: before, changed: true, diagnostics: [] })
    expect(runtime.plan('shop').version).toBe(report?.version)
    expect(await runtime.call('shop/quick')).toBe('two')
    expect(told(events, 'plan.')).toEqual(['plan.reloaded'])
    // Nothing is watched: whoever asked for it knows.
    expect(log.lines).toEqual([{ level: 'info', message: 'plan shop was reloaded' }])

    openGate('old')
    expect(await old.result()).toBe('one')
    await allDone()
    expect(events.filter(({ name }) => name === 'plan.retired')).toEqual([
      { name: 'plan.retired', data: { plan: 'shop', version: before } },
    ])
  })

  it('is retired at once when nothing runs with it', async () => {
    const { folder, runtime, events } = await startShop()
    await writePlan(folder, { 'actions.js': actions('two') })
    await runtime.reload()
    expect(told(events, 'plan.')).toEqual(['plan.reloaded', 'plan.retired'])
  })

  it('changes nothing when its files say the same', async () => {
    const { runtime, events } = await startShop()
    const [report] = await runtime.reload('shop')
    expect(report).toMatchObject({ changed: false, previous: undefined, diagnostics: [] })
    expect(told(events, 'plan.')).toEqual([])
  })

  it('goes on with its last good version when it cannot be used, and says why', async () => {
    const { folder, runtime, events, log } = await startShop()
    const { version } = runtime.plan('shop')
    await writePlan(folder, { 'plan.yaml': `${PLAN}  broken: { run: missing }\n` })
    const [report] = await runtime.reload()
    expect(report).toMatchObject({ plan: 'shop', version, changed: false })
    expect(report?.diagnostics).toHaveLength(1)
    expect(events.find(({ name }) => name === 'plan.rejected')?.data).toMatchObject({
      plan: 'shop',
      folder,
      diagnostics: report?.diagnostics,
    })
    const [line] = log.lines.filter(({ level }) => level === 'error')
    expect(
      line?.message,
    ).toBe(`plan shop was not reloaded and goes on as it was: 1 mistake in the plan

${join(folder, 'plan.yaml')}:7:18: there is no handler "missing" (unknown-handler)
  7 |   broken: { run: missing }
    |                  ^^^^^^^`)
    expect(await runtime.call('shop/quick')).toBe('one')

    await writePlan(folder, { 'plan.yaml': PLAN })
    await runtime.reload()
    expect(told(events, 'plan.')).toEqual(['plan.rejected', 'plan.recovered'])

    await writePlan(folder, { 'plan.yaml': PLAN, 'actions.js': 'export const work = (' })
    expect((await runtime.reload())[0]).toMatchObject({ version, changed: false })
    expect(await runtime.call('shop/quick')).toBe('one')
  })

  it('fails queued work whose task is gone, and work whose input is not valid any more', async () => {
    const { folder, runtime, clock } = await startShop()
    const gone = await runtime.submit('shop/work', { gate: 'never' }, { delay: '1m' })
    const changed = await runtime.submit('shop/quick', { size: 'large' }, { delay: '1m' })
    const same = await runtime.submit('shop/quick', { size: 3 }, { delay: '1m' })
    await writePlan(folder, {
      'plan.yaml': `setpoint: 1
name: shop
actions: ./actions.js
tasks:
  quick:
    run: quick
    input: { type: object, properties: { size: { type: number } }, required: [size] }
`,
    })
    expect((await runtime.reload())[0]?.changed).toBe(true)
    await clock.advance('1m')
    await expect(gone.result()).rejects.toMatchObject({ kind: 'missing-task' })
    await expect(changed.result()).rejects.toMatchObject({ kind: 'invalid-input' })
    expect(await same.result()).toBe('one')
  })

  it('keeps what it had when its folder disappears, and takes it up again when it is back', async () => {
    const { folder, runtime, events } = await startShop()
    await rm(join(folder, 'plan.yaml'))
    const [report] = await runtime.reload()
    expect(report).toMatchObject({ plan: 'shop', changed: false })
    expect(report?.diagnostics[0]).toMatchObject({ rule: 'missing-plan', severity: 'warning' })
    await runtime.reload()
    expect(told(events, 'plan.')).toEqual(['plan.missing'])
    expect(await runtime.call('shop/quick')).toBe('one')
    await writePlan(folder, { 'plan.yaml': PLAN, 'actions.js': actions('two') })
    expect((await runtime.reload())[0]?.changed).toBe(true)
    expect(await runtime.call('shop/quick')).toBe('two')
  })

  it('may be new in a folder of plans, and may not take the name of another', async () => {
    const folder = temporaryFolder()
    await writePlan(join(folder, 'shop'), { 'plan.yaml': PLAN, 'actions.js': actions('one') })
    const { runtime } = await startFolders([folder])
    const bakery = PLAN.replace('shop', 'bakery')
    await writePlan(join(folder, 'bakery'), { 'plan.yaml': bakery, 'actions.js': actions('b') })
    expect((await runtime.reload()).map(({ plan, changed }) => [plan, changed])).toEqual([
      ['bakery', true],
      ['shop', false],
    ])
    expect(await runtime.call('bakery/quick')).toBe('b')

    await writePlan(join(folder, 'copy'), { 'plan.yaml': PLAN, 'actions.js': actions('copy') })
    const copy = (await runtime.reload()).find((report) => report.folder?.endsWith('copy'))
    expect(copy?.diagnostics[0]).toMatchObject({ rule: 'duplicate-plan' })
    expect(await runtime.call('shop/quick')).toBe('one')
  })

  it('takes its workers with it, so that their memory returns', async () => {
    const folder = temporaryFolder()
    const plan = PLAN.replace('{ run: quick }', '{ run: where, mode: sync }')
    const where = (version: string) => `${actions(version)}
import { threadId } from 'node:worker_threads'
export const where = () => threadId
`
    await writePlan(folder, { 'plan.yaml': plan, 'actions.js': where('one') })
    const { runtime } = await startFolders([folder], { watch: true })
    const before = await runtime.call('shop/quick')
    await writePlan(folder, { 'plan.yaml': plan.replace('name: shop', 'name: shop # same code') })
    await runtime.reload()
    expect(await runtime.call('shop/quick')).toBe(before)
    await writePlan(folder, { 'actions.js': where('two') })
    await runtime.reload()
    expect(await runtime.call('shop/quick')).not.toBe(before)
  })

  it('may be given as code', async () => {
    const { runtime } = await startRuntime(planOf({ quick: () => 'one' }))
    const next = definePlan({ name: 'plan', tasks: { quick: () => 'two' } })
    expect((await runtime.reload(next))[0]?.changed).toBe(true)
    expect(await runtime.call('plan/quick')).toBe('two')
    const [report] = await runtime.reload(
      definePlan({ name: 'plan', tasks: { quick: { requires: 'nowhere', run: () => 0 } } }),
    )
    expect(report).toMatchObject({ plan: 'plan', changed: false })
    expect(report?.diagnostics).not.toEqual([])
  })
})
