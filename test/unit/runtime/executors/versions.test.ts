import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadPlan } from '../../../../src/plan/load.ts'
import { systemClock } from '../../../../src/runtime/clock.ts'
import { Executors } from '../../../../src/runtime/executors/executors.ts'
import { writeFolder } from '../../plan/plan-folder.ts'

const ACTIONS = `
import { version } from './version.ts'
export const run = async () => [version, (await import('./late.ts')).late]
`

it.each(['sync', 'cpu'])(
  'in mode %s a handler of reloadable code is that of its version, however the files have changed',
  async (mode) => {
    const folder = await writeFolder({
      'plan.yaml': `setpoint: 1\nname: plan\ntasks: { a: { run: run, mode: ${mode} } }\n`,
      'actions.ts': ACTIONS,
      'version.ts': 'export const version: number = 1',
      'late.ts': 'export const late: number = 1',
    })
    const load = async () => {
      const task = (await loadPlan(folder, { code: 'reloadable' })).tasks.get('a')
      if (task === undefined) throw new Error('there is no task')
      return task
    }
    const executors = new Executors({
      workers: { sync: 1, cpu: 1 },
      clock: systemClock,
      grace: 1_000,
      supervision: { intensity: 0, within: 1_000 },
    })
    const run = (task: Awaited<ReturnType<typeof load>>) => {
      const signal = new AbortController().signal
      const context = { signal, plan: { name: 'plan', folder } }
      return executors.run(task, context as never, () => ({}) as never)
    }
    try {
      const first = await load()
      for (const name of ['version', 'late']) {
        await writeFile(join(folder, `${name}.ts`), `export const ${name} = 2`)
      }
      const second = await load()
      await rm(join(folder, 'late.ts'))
      expect(await run(first)).toEqual([1, 1])
      expect(await run(second)).toEqual([2, 2])
      expect(await run(first)).toEqual([1, 1])
    } finally {
      await executors.close()
    }
  },
)
