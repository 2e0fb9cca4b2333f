import { describe, expect, it } from 'vitest'
import { createRuntime } from '../../../../src/create-runtime.ts'
import { definePlan } from '../../../../src/plan/define.ts'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import { memoryStore } from '../../../../src/stores/memory/store.ts'
import { type Kiln, makeKiln } from '../../../support/kiln.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'
import { diagnosticsOf, writeFolder } from '../../plan/plan-folder.ts'

/** Handlers that say how many of them were at work at once, in all and by name. */
function makeCrew() {
  const at: Record<string, number> = {}
  const crew = { most: {} as Record<string, number>, meetings: new Set<string>(), work }
  function work(name: string) {
    return async () => {
      at[name] = (at[name] ?? 0) + 1
      crew.most[name] = Math.max(crew.most[name] ?? 0, at[name])
      const present = Object.keys(at).filter((other) => (at[other] ?? 0) > 0)
      if (present.length > 1) crew.meetings.add(present.toSorted().join(' and '))
      await allDone()
      at[name] -= 1
      return name
    }
  }
  return crew
}

describe('tasks that ask for several resources', () => {
  it('in opposite orders never hold one each and wait for the other', async () => {
    const crew = makeCrew()
    const plan = planOf(
      {
        forth: { resources: ['a', 'b'], run: crew.work('forth') },
        back: { resources: ['b', 'a'], run: crew.work('back') },
        a: { resources: ['a'], run: crew.work('a') },
        b: { resources: ['b'], run: crew.work('b') },
      },
      { resources: { a: 1, b: 1 } },
    )
    const { runtime } = await startRuntime(plan, { concurrency: 8 })
    const names = ['forth', 'back', 'a', 'b', 'back', 'forth', 'b', 'a', 'forth', 'back']
    const outputs = await Promise.all(names.map((name) => runtime.call(`plan/${name}`)))
    expect(outputs).toEqual(names)
    expect([...crew.meetings]).toEqual(['a and b'])
  })

  it('hold none of them while they wait for the last one', async () => {
    const gate = Promise.withResolvers<void>()
    const plan = planOf(
      {
        holder: { resources: ['a'], run: () => gate.promise },
        both: { resources: ['a', 'b'], run: () => 'both' },
        other: { resources: ['b'], run: () => 'other' },
      },
      { resources: { a: 1, b: 1 } },
    )
    // Two slots: the holder has one, so `both` must hold neither `b` nor the other slot.
    const { runtime } = await startRuntime(plan, { concurrency: 2 })
    await runtime.submit('plan/holder')
    await allDone()
    const both = await runtime.submit('plan/both')
    await allDone()
    expect(await runtime.call('plan/other')).toBe('other')
    expect(await both.status()).toBe('pending')
    gate.resolve()
    expect(await both.result()).toBe('both')
  })
})

describe('an exclusive task', () => {
  it('is alone in its plan, and in no other', async () => {
    const crew = makeCrew()
    const plan = planOf({
      alone: { exclusive: true, run: crew.work('alone') },
      shared: crew.work('shared'),
    })
    const { runtime } = await startRuntime(plan, { concurrency: 8 })
    const names = ['shared', 'alone', 'shared', 'shared', 'alone', 'shared']
    await Promise.all(names.map((name) => runtime.call(`plan/${name}`)))
    expect([...crew.meetings]).toEqual([])
    expect(crew.most['alone']).toBe(1)
    expect(crew.most['shared']).toBeGreaterThan(1)
  })

  it('does not stop the work of another plan', async () => {
    const stuck = { exclusive: true, run: () => new Promise(() => {}) }
    const tasks = { stuck, task: () => 'ran' }
    const runtime = await createRuntime({
      plans: [definePlan({ name: 'one', tasks }), definePlan({ name: 'two', tasks })],
      store: memoryStore(),
      grace: 0,
    })
    await runtime.start()
    await runtime.submit('one/stuck')
    expect(await runtime.call('two/task')).toBe('ran')
    await runtime.stop()
  })
})

describe('a task with maxInstances', () => {
  it('runs no more at once than that, others meanwhile, and waits without a slot', async () => {
    const crew = makeCrew()
    const plan = planOf({
      few: { maxInstances: 2, run: crew.work('few') },
      many: crew.work('many'),
    })
    const { runtime } = await startRuntime(plan, { concurrency: 4 })
    const names = ['few', 'few', 'few', 'few', 'few', 'many', 'many', 'many']
    await Promise.all(names.map((name) => runtime.call(`plan/${name}`)))
    expect(crew.most).toMatchObject({ few: 2, many: 2 })
  })
})

function moveTo(kiln: Kiln, state: string): void {
  kiln.at = state
}

describe('transition tasks', () => {
  it('run in the slot and with the units of the tasklet that they prepare', async () => {
    const kiln = makeKiln({
      fire: { requires: 'hot', resources: { door: 1 }, run: () => 'fired' },
      warm: {
        resources: { door: 1 },
        exclusive: true,
        maxInstances: 1,
        run: () => moveTo(kiln, 'warm'),
      },
    })
    const { runtime } = await startRuntime(kiln.plan, { concurrency: 1 })
    expect(await runtime.call('kiln/fire')).toBe('fired')
    expect(kiln.seen).toEqual(['heat'])
  })

  it('never use a unit that somebody else holds, although their tasklet asks for none', async () => {
    const gate = Promise.withResolvers<void>()
    const kiln = makeKiln({
      hold: { resources: { door: 1 }, run: () => gate.promise },
      fire: { requires: 'hot', run: () => 'fired' },
      warm: { resources: { door: 1 }, run: () => moveTo(kiln, 'warm') },
    })
    const { runtime } = await startRuntime(kiln.plan)
    await runtime.submit('kiln/hold')
    await allDone()
    const fire = await runtime.submit('kiln/fire')
    await allDone()
    expect([kiln.at, await fire.status()]).toEqual(['cold', 'pending'])
    gate.resolve()
    expect(await fire.result()).toBe('fired')
  })
})

describe('capacities', () => {
  const ACTIONS = 'export const work = () => 1'
  const load = (text: string, resources = {}) =>
    diagnosticsOf(async () => {
      const folder = await writeFolder({ 'plan.yaml': text, 'actions.ts': ACTIONS })
      await createRuntime({ plans: [folder], store: memoryStore(), resources })
    })
  const planText = (declared: string, tasks: string) =>
    `setpoint: 1\nname: plan\nactions: ./actions.ts\nresources: ${declared}\ntasks:\n${tasks}`

  it.each([
    [
      'two for one name',
      '{ gpu: 1 }',
      "  a: { run: work, resources: ['gpu:2'] }\n",
      {},
      /has 2 here and 1 at .*plan\.yaml:4/,
    ],
    [
      'two in two tasks',
      '{}',
      "  a: { run: work, resources: ['gpu:1'] }\n  b: { run: work, resources: ['gpu:2'] }\n",
      {},
      /has 2 here and 1 at .*plan\.yaml:6/,
    ],
    [
      'one of the plan and another of the runtime',
      '{ gpu: 1 }',
      '  a: work\n',
      { gpu: 2 },
      /has 1 here and 2 /,
    ],
    ['one below 1', '{ gpu: 0 }', '  a: work\n', {}, /1/],
    [
      'a request above it',
      '{ gpu: 1 }',
      '  a: { run: work, resources: { gpu: 2 } }\n',
      {},
      /asks for 2 of "gpu", of which there are 1: .*plan\.yaml:4/,
    ],
  ])(
    '%s: the runtime is not created, and is told where',
    async (_, declared, tasks, shared, message) => {
      const found = await load(planText(declared, tasks), shared)
      expect(found).toHaveLength(1)
      expect(found[0]?.message).toMatch(message)
      expect(found[0]?.line).toBeGreaterThan(0)
    },
  )

  it('declared by a tag are kept where nothing else declares them', async () => {
    let inside = 0
    let most = 0
    const run = async ({ signal }: TaskContext) => {
      signal.throwIfAborted()
      inside += 1
      most = Math.max(most, inside)
      await allDone()
      inside -= 1
    }
    const plan = planOf({ a: { resources: ['gpu:2'], run }, b: { resources: ['gpu', 'gpu'], run } })
    const { runtime } = await startRuntime(plan, { concurrency: 8 })
    await Promise.all(['a', 'b', 'a', 'b', 'a'].map((name) => runtime.call(`plan/${name}`)))
    expect(most).toBe(2)
  })
})
