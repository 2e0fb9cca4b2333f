import { describe, expect, it } from 'vitest'
import { FatalError, RetryLater } from '../../../../src/core/errors.ts'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import type { HookName } from '../../../../src/runtime/hooks.ts'
import type { Runtime } from '../../../../src/runtime/runtime.ts'
import { makeKiln } from '../../../support/kiln.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { startRuntime } from '../../../support/runtimes.ts'

const HOOKS: readonly HookName[] = [
  'beforeTaskRun',
  'afterTaskSuccess',
  'afterTaskFailure',
  'afterTaskRun',
]

/** Notes phases, hooks and ends of one task as they happen; of others only that they start. */
function noteRun(runtime: Runtime, seen: string[], task: string): void {
  const ids = new Set<string>()
  runtime.events.on('tasklet.submitted', ({ data }) => {
    if (data.tasklet.task === task) ids.add(data.tasklet.id)
  })
  runtime.events.on('tasklet.phase', ({ data }) => {
    if (ids.has(data.taskletId)) seen.push(data.phase)
  })
  for (const name of HOOKS) {
    runtime.hooks[name](({ tasklet }) => {
      if (tasklet.task === task) seen.push(name)
    })
  }
  for (const name of ['tasklet.completed', 'tasklet.failed'] as const) {
    runtime.events.on(name, ({ data }) => {
      if (data.tasklet.task === task) seen.push(name)
    })
  }
}

const PREPARED = ['acquiring', 'preparing', 'warm', 'heat', 'executing', 'beforeTaskRun']

describe('one run', () => {
  it.each([
    ['succeeds', () => 'fired', 'afterTaskSuccess', 'tasklet.completed'],
    ['fails', () => Promise.reject(new Error('no gas')), 'afterTaskFailure', 'tasklet.failed'],
  ])(
    'that %s goes through its stages in order, and only then frees what it held',
    async (_, run, after, end) => {
      const work = (name: string, result: () => unknown) => ({
        requires: 'hot',
        resources: { door: 1 },
        run: () => {
          kiln.seen.push(name)
          return result()
        },
      })
      const kiln = makeKiln({ fire: work('fire', run), bake: work('bake', () => 'baked') })
      const { runtime } = await startRuntime(kiln.plan)
      noteRun(runtime, kiln.seen, 'fire')
      const fire = await runtime.submit('kiln/fire')
      const bake = await runtime.submit('kiln/bake')
      await Promise.allSettled([fire.result(), bake.result()])
      const order = [...PREPARED, 'fire', after, 'afterTaskRun']
      expect(
        kiln.seen.filter((line) => line !== 'settling' && line !== 'bake' && line !== end),
      ).toEqual(order)
      expect(kiln.seen.filter((line) => line === end)).toHaveLength(1)
      expect(kiln.seen.indexOf(end)).toBeGreaterThan(kiln.seen.indexOf('afterTaskRun'))
      expect(kiln.seen.indexOf('bake')).toBeGreaterThan(kiln.seen.indexOf('afterTaskRun'))
    },
  )

  it('that waits for its resource is neither prepared nor shown to a hook', async () => {
    const gate = Promise.withResolvers<void>()
    const kiln = makeKiln({
      hold: { resources: { door: 1 }, run: () => gate.promise },
      fire: { requires: 'hot', resources: { door: 1 }, run: () => 'fired' },
    })
    const { runtime } = await startRuntime(kiln.plan)
    noteRun(runtime, kiln.seen, 'fire')
    await runtime.submit('kiln/hold')
    await allDone()
    const fire = await runtime.submit('kiln/fire')
    await allDone()
    expect(kiln.seen).toEqual([])
    gate.resolve()
    expect(await fire.result()).toBe('fired')
    expect(kiln.seen).toContain('beforeTaskRun')
  })
})

const RETRY = { attempts: 2, backoff: { type: 'fixed', delay: 1000 } }

const untilAborted = ({ signal }: TaskContext) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

const ENDINGS: readonly (readonly [name: string, task: object])[] = [
  ['succeeds', { run: () => 'done' }],
  ['throws at once', { run: () => fail(new Error('broken')) }],
  ['rejects on every attempt', { retry: RETRY, run: () => Promise.reject(new Error('broken')) }],
  ['throws a fatal error', { retry: RETRY, run: () => fail(new FatalError('never')) }],
  ['asks for a later time', { run: laterOnce() }],
  ['returns what cannot be stored', { run: () => 1n }],
  ['takes too long', { timeout: 1000, run: untilAborted }],
  ['takes too long and does not listen', { timeout: 1000, run: () => new Promise(() => {}) }],
  ['is vetoed', { tags: ['vetoed'], run: () => 'never' }],
  ['fails in its hooks', { tags: ['spoiled'], run: () => 'done' }],
  ['finds every way to its state broken', { tags: ['unprepared'], run: () => 'never' }],
  ['is cancelled', { tags: ['cancelled'], run: untilAborted }],
]

function fail(error: Error): never {
  throw error
}

function laterOnce() {
  let calls = 0
  return () => {
    calls += 1
    return calls === 1 ? fail(new RetryLater(1000, 'not yet')) : 'done'
  }
}

describe('a run', () => {
  it.each(ENDINGS)('that %s gives slot, units and world back, once', async (_, task) => {
    let inside = 0
    let most = 0
    const use = async () => {
      inside += 1
      most = Math.max(most, inside)
      await allDone()
      inside -= 1
    }
    const held = { requires: 'hot', resources: { door: 1 } }
    const kiln = makeKiln({
      odd: { ...held, ...task },
      door: { resources: { door: 1 }, run: use },
      slot: use,
      world: { requires: 'cold', run: use },
    })
    const { runtime, clock } = await startRuntime(kiln.plan, { concurrency: 1 })
    spoil(runtime)
    const broken = 'tags' in task && String(task.tags) === 'unprepared'
    for (const way of broken ? ['warm', 'blast'] : []) {
      kiln.doings[way] = () => Promise.reject(new Error('no gas'))
    }
    const odd = await runtime.submit('kiln/odd')
    await allDone()
    if ((await odd.status()) === 'running' && 'tags' in task) await odd.cancel()
    await clock.advance('1m')
    for (const way of ['warm', 'blast']) delete kiln.doings[way]
    expect(['completed', 'failed', 'cancelled']).toContain(await odd.status())

    // Too little given back: these would wait for ever. Too much: two would be inside at once.
    for (const name of ['door', 'slot', 'world']) {
      most = 0
      await Promise.all([1, 2, 3].map(() => runtime.call(`kiln/${name}`)))
      expect({ name, most }).toEqual({ name, most: 1 })
    }
  })
})

/** Hooks that fail for tasks with a tag. */
function spoil(runtime: Runtime): void {
  const broken =
    (tag: string) =>
    ({ tasklet }: { tasklet: { tags: readonly string[] } }) => {
      if (tasklet.tags.includes(tag)) throw new Error(tag)
    }
  runtime.hooks.beforeTaskRun(broken('vetoed'))
  runtime.hooks.afterTaskSuccess(broken('spoiled'))
  runtime.hooks.afterTaskRun(broken('spoiled'))
}
