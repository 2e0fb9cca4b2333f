import { describe, expect, it } from 'vitest'
import { definePlan, type PlanDefinition } from '../../../../src/plan/define.ts'
import { compilePlan } from '../../../../src/plan/load.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { startRuntime } from '../../../support/runtimes.ts'

type Tasks = Parameters<typeof definePlan>[0]['tasks']

/** Work that ends when it is told to; `running` is what runs, in order of its start. */
class Site {
  readonly running: string[] = []
  readonly #ends = new Map<string, () => void>()

  work(name: string) {
    return async () => {
      this.running.push(name)
      await new Promise<void>((resolve) => this.#ends.set(name, resolve))
      this.running.splice(this.running.indexOf(name), 1)
      return name
    }
  }

  async end(name: string): Promise<void> {
    this.#ends.get(name)?.()
    await allDone()
  }
}

function planOf(tasks: object, settings: object = {}): PlanDefinition {
  return definePlan({ name: 'plan', ...settings, tasks: tasks as Tasks }) as PlanDefinition
}

async function start(definition: PlanDefinition) {
  const started = await startRuntime(compilePlan(definition))
  const load = async (next: PlanDefinition) => {
    const [report] = await started.runtime.reload(next)
    expect(report).toMatchObject({ changed: true, diagnostics: [] })
    await allDone()
  }
  const names = () => started.events.map(({ name }) => name)
  return { load, names, ...started }
}

describe('the rules of a plan that is loaded again', () => {
  it('count the units that runs of the older version hold, and grant none before it fits', async () => {
    const site = new Site()
    const task = (name: string) => ({ resources: ['disk'], run: site.work(name) })
    const { runtime, load } = await start(
      planOf({ a: task('a'), b: task('b'), c: task('c') }, { resources: { disk: 2 } }),
    )
    await runtime.submit('plan/a')
    await runtime.submit('plan/b')
    await allDone()
    await load(planOf({ a: task('a'), b: task('b'), c: task('c 2') }, { resources: { disk: 1 } }))
    await runtime.submit('plan/c')
    await allDone()
    expect(site.running).toEqual(['a', 'b'])
    await site.end('a')
    expect(site.running).toEqual(['b'])
    await site.end('b')
    expect(site.running).toEqual(['c 2'])
    await site.end('c 2')
  })

  it('serve who waits here as soon as there is more', async () => {
    const site = new Site()
    const task = (name: string) => ({
      resources: ['disk'],
      acquireTimeout: '1h',
      run: site.work(name),
    })
    const { runtime, load } = await start(
      planOf({ a: task('a'), b: task('b') }, { resources: { disk: 1 } }),
    )
    await runtime.submit('plan/a')
    await runtime.submit('plan/b')
    await allDone()
    await load(planOf({ a: task('a 2'), b: task('b 2') }, { resources: { disk: 2 } }))
    expect(site.running).toEqual(['a', 'b 2'])
    await site.end('a')
    await site.end('b 2')
  })

  it('let nothing run beside one that runs alone in either version', async () => {
    const site = new Site()
    const quiet = { a: site.work('a'), b: site.work('b') }
    const { runtime, load } = await start(planOf(quiet))
    await runtime.submit('plan/a')
    await allDone()
    await load(planOf({ a: site.work('a 2'), b: { exclusive: true, run: site.work('b 2') } }))
    await runtime.submit('plan/b')
    await allDone()
    expect(site.running).toEqual(['a'])
    await site.end('a')
    expect(site.running).toEqual(['b 2'])

    await load(planOf(quiet, { description: 'again' }))
    await runtime.submit('plan/a')
    await allDone()
    expect(site.running).toEqual(['b 2'])
    await site.end('b 2')
    expect(site.running).toEqual(['a'])
    await site.end('a')
  })

  it('count instances of a task in both versions', async () => {
    const site = new Site()
    const { runtime, load } = await start(planOf({ a: site.work('a') }))
    await runtime.submit('plan/a')
    await allDone()
    await load(planOf({ a: { maxInstances: 1, run: site.work('a 2') } }))
    await runtime.submit('plan/a')
    await allDone()
    expect(site.running).toEqual(['a'])
    await site.end('a')
    expect(site.running).toEqual(['a 2'])
    await site.end('a 2')
  })
})

describe('the interrupts of a plan that is loaded again', () => {
  const rules = (run: string, pattern: string) => ({
    interrupts: { alarm: { on: pattern, run, victims: 'requeue' } },
  })

  it('are those of the new version when none is under way', async () => {
    const site = new Site()
    const tasks = (version: string) => ({ answer: site.work(`answer ${version}`) })
    const { runtime, load } = await start(planOf(tasks('one'), rules('answer', 'old.alarm')))
    await load(planOf(tasks('two'), rules('answer', 'new.alarm')))
    runtime.events.emit('old.alarm', {})
    await allDone()
    expect(site.running).toEqual([])
    runtime.events.emit('new.alarm', {})
    await allDone()
    expect(site.running).toEqual(['answer two'])
    await site.end('answer two')

    await load(planOf(tasks('three')))
    expect(runtime.interrupts.list()).toEqual([])
    runtime.events.emit('new.alarm', {})
    await allDone()
    expect(site.running).toEqual([])
  })

  it('keep being switched off', async () => {
    const site = new Site()
    const tasks = { answer: site.work('answer') }
    const { runtime, load } = await start(planOf(tasks, rules('answer', 'old.alarm')))
    await runtime.interrupts.disable('plan/alarm')
    await load(planOf(tasks, rules('answer', 'new.alarm')))
    runtime.events.emit('new.alarm', {})
    await allDone()
    expect(site.running).toEqual([])
    await runtime.interrupts.enable('plan/alarm')
    await allDone()
    runtime.events.emit('new.alarm', {})
    await allDone()
    expect(site.running).toEqual(['answer'])
    await site.end('answer')
  })

  it('bring one that is under way to its end with the version that began it', async () => {
    const site = new Site()
    const victim = site.work('victim')
    const { runtime, load, names } = await start(
      planOf({ answer: site.work('answer one'), victim }, rules('answer', 'old.alarm')),
    )
    runtime.events.emit('old.alarm', {})
    await allDone()
    expect(site.running).toEqual(['answer one'])
    await runtime.submit('plan/victim')
    await load(planOf({ victim: site.work('victim two') }))
    expect(site.running).toEqual(['answer one'])
    expect(names()).not.toContain('plan.retired')

    await site.end('answer one')
    expect(names()).toContain('interrupt.ended')
    expect(names()).not.toContain('interrupt.failed')
    expect(names()).toContain('plan.retired')
    expect(runtime.interrupts.list()).toEqual([])
    expect(site.running).toEqual(['victim two'])
    await site.end('victim two')
  })
})
