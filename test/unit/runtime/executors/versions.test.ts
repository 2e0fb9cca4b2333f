import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadPlan } from '../../../../src/plan/load.ts'
import type { Plan } from '../../../../src/plan/model.ts'
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

const WHERE = `
import { threadId } from 'node:worker_threads'
export const where = () => [process.pid, threadId]
export const slow = async ({ log, signal }) => {
  log.info('working')
  await new Promise((resolve) => setTimeout(resolve, 50))
  return [process.pid, threadId]
}
// VERSION
`

async function startWorkers(mode: string) {
  const folder = await writeFolder({
    'plan.yaml': `setpoint: 1\nname: plan\nactions: ./actions.js\ntasks:\n  where: { run: where, mode: ${mode} }\n  slow: { run: slow, mode: ${mode} }\n`,
    'actions.js': WHERE,
  })
  const executors = new Executors({
    workers: { sync: 1, cpu: 1 },
    clock: systemClock,
    grace: 1_000,
    supervision: { intensity: 0, within: 1_000 },
  })
  onTestFinished(() => executors.close())
  const load = async (version: string) => {
    await writeFile(join(folder, 'actions.js'), WHERE.replace('VERSION', version))
    return loadPlan(folder, { code: 'reloadable' })
  }
  const run = (plan: Plan, name: string, started = () => {}) => {
    const task = plan.tasks.get(name)
    if (task === undefined) throw new Error('there is no task')
    const signal = new AbortController().signal
    const context = { signal, log: { info: started }, plan: { name: 'plan', folder } }
    return executors.runSeated(task, context as never, () => ({}) as never)
  }
  return { executors, load, run }
}

describe.each(['sync', 'cpu'])('the workers of mode %s', (mode) => {
  it('make room for others when a version is retired that ran in them', async () => {
    const { executors, load, run } = await startWorkers(mode)
    const [one, two] = [await load('one'), await load('two')]
    const before = await run(one, 'where')
    expect(await run(two, 'where')).toEqual(before)
    executors.retire(one, [two])
    const after = await run(two, 'where')
    expect(after).not.toEqual(before)
    expect(await run(two, 'where')).toEqual(after)
  })

  it('stay when nothing of the version ran in them, or its code is that of another', async () => {
    const { executors, load, run } = await startWorkers(mode)
    const [one, two] = [await load('one'), await load('two')]
    const before = await run(two, 'where')
    executors.retire(one, [two])
    executors.retire(two, [two])
    expect(await run(two, 'where')).toEqual(before)
  })

  it('finish what they do before', async () => {
    const { executors, load, run } = await startWorkers(mode)
    const [one, two] = [await load('one'), await load('two')]
    const before = await run(one, 'where')
    const started = Promise.withResolvers<void>()
    const running = run(two, 'slow', started.resolve)
    await started.promise
    executors.retire(one, [two])
    const next = run(two, 'where')
    expect(await running).toEqual(before)
    expect(await next).not.toEqual(before)
  })

  it('are not taken from a run that waits for one that is being started', async () => {
    const { executors, load, run } = await startWorkers(mode)
    const [one, two] = [await load('one'), await load('two')]
    await run(one, 'where')
    executors.retire(one, [two])
    const running = run(two, 'where')
    // By then it waits for a worker, which takes many turns to start.
    await turn()
    executors.retire(two, [])
    expect(await running).toHaveLength(2)
    expect(await run(two, 'where')).toHaveLength(2)
  })
})
