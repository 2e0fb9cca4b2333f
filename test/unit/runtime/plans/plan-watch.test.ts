import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../../src/runtime/clock.ts'
import { startFolders, temporaryFolder, writePlan } from '../../../support/plan-folders.ts'

const plan = (title: string) => `setpoint: 1
name: shop
actions: ./actions.js
tasks:
  quick: { title: ${title}, run: quick }
`
const actions = (version: string) => `export const quick = () => '${version}'\n`

describe('a runtime that watches its folders', () => {
  it('takes up what is saved, refuses what is broken, and stops watching when it stops', async () => {
    const folder = temporaryFolder()
    await writePlan(folder, { 'plan.yaml': plan('one'), 'actions.js': actions('one') })
    const { runtime, events, log } = await startFolders([folder], {
      watch: true,
      clock: systemClock,
    })
    const heard = async (name: string, count: number) => {
      while (events.filter((event) => event.name === name).length < count) await sleep(5)
    }
    await writePlan(folder, { 'actions.js': actions('two') })
    await heard('plan.reloaded', 1)
    expect(await runtime.call('shop/quick')).toBe('two')

    await writePlan(folder, { 'actions.js': 'export const quick = (' })
    await heard('plan.rejected', 1)
    expect(await runtime.call('shop/quick')).toBe('two')

    await writePlan(folder, { 'actions.js': actions('three') })
    await heard('plan.reloaded', 2)
    expect(await runtime.call('shop/quick')).toBe('three')
    // The default log shows warnings: whoever edits is to see what came of it.
    expect(log.lines.map(({ level, message }) => [level, message.split(':')[0]])).toEqual([
      ['warn', 'plan shop was reloaded'],
      ['error', 'plan shop was not reloaded and goes on as it was'],
      ['warn', 'plan shop was reloaded'],
      ['warn', 'plan shop is in order again'],
    ])
    await runtime.stop()
    await expect(runtime.reload()).rejects.toMatchObject({ code: 'lifecycle' })
  })
})
