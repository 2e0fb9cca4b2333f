import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../../../src/runtime/clock.ts'
import { startFolders, temporaryFolder, writePlan } from '../../../support/plan-folders.ts'

const PATIENCE = { timeout: 9_000, interval: 10 }

const files = (name: string, version = 'one') => ({
  'actions.js': `const gates = (globalThis.setpointFolderGates ??= [])
export const quick = () => '${name} ${version}'
export const slow = () => new Promise((open) => gates.push(() => open('${name} ${version}')))
`,
  'plan.yaml': `setpoint: 1\nname: ${name}\nactions: ./actions.js\ntasks: { quick: quick, slow: slow }\n`,
})

function openGates(): void {
  const { setpointFolderGates: gates = [] } = globalThis as { setpointFolderGates?: (() => void)[] }
  for (const open of gates.splice(0)) open()
}

/** A runtime that watches a folder of plans, in which there is one. */
async function start() {
  const parent = temporaryFolder()
  const shop = join(parent, 'shop')
  await writePlan(shop, files('shop'))
  const made = await startFolders([parent], { watch: true, clock: systemClock })
  const told = (name: string) =>
    vi.waitFor(() => expect(made.events.some((event) => event.name === name)).toBe(true), PATIENCE)
  const answers = (task: string, answer: string) =>
    vi.waitFor(async () => expect(await made.runtime.call(task)).toBe(answer), PATIENCE)
  return { parent, shop, told, answers, ...made }
}

describe('A runtime that watches a folder of plans', () => {
  it('takes up a plan whose folder is new, and every change of it from then on', async () => {
    const { parent, answers } = await start()
    await writePlan(join(parent, 'bakery'), files('bakery'))
    await answers('bakery/quick', 'bakery one')
    await writePlan(join(parent, 'bakery'), files('bakery', 'two'))
    await answers('bakery/quick', 'bakery two')
  })

  it('takes up a plan whose folder is moved to it as a whole', async () => {
    const { parent, answers } = await start()
    const elsewhere = temporaryFolder()
    await writePlan(join(elsewhere, 'bakery'), files('bakery'))
    await rename(join(elsewhere, 'bakery'), join(parent, 'bakery'))
    await answers('bakery/quick', 'bakery one')
  })

  it('goes on with a plan whose folder is deleted while its tasks run', async () => {
    const { shop, runtime, told, answers } = await start()
    const running = await runtime.submit('shop/slow')
    await vi.waitFor(async () => {
      expect((await runtime.get(running.id))?.phase).toBe('executing')
    }, PATIENCE)
    await rm(shop, { recursive: true })
    await told('plan.missing')
    openGates()
    expect(await running.result()).toBe('shop one')
    await answers('shop/quick', 'shop one')
    await writePlan(shop, files('shop', 'two'))
    await answers('shop/quick', 'shop two')
  })
})
