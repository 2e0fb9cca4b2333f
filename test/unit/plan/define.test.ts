import { describe, expect, expectTypeOf, it } from 'vitest'
import { assign, setup } from 'xstate'
import { z } from 'zod'
import type { PlanDefinition, TaskReference } from '../../../src/plan/define.ts'
import { definePlan } from '../../../src/plan/define.ts'
import { compilePlan } from '../../../src/plan/load.ts'
import { diagnosticsOf } from './plan-folder.ts'

const kiln = definePlan({
  name: 'kiln',
  resources: { door: 1 },
  machine: {
    id: 'kiln',
    initial: 'cold',
    states: {
      cold: {
        meta: { check: 'isCold' },
        on: { HEAT: { target: 'hot', meta: { task: 'heat', cost: 5 } } },
      },
      hot: {
        meta: { check: 'isHot' },
        on: { COOL: { target: 'cold', meta: { task: 'cool', cost: 3 } } },
      },
    },
  },
  checks: { isCold: async ({ signal }) => !signal.aborted, isHot: async () => false },
  tasks: {
    heat: {
      run: async ({ signal, log }) => {
        log.info(`aborted: ${signal.aborted}`)
      },
    },
    cool: async () => 20,
    fire: {
      input: z.object({ piece: z.string(), hours: z.number().default(8) }),
      output: z.object({ grams: z.number() }),
      requires: 'hot',
      resources: ['door'],
      timeout: '30s',
      mode: 'async',
      retry: {
        attempts: 3,
        backoff: { type: 'exponential', delay: '1s', max: '1m', jitter: 0.2 },
      },
      run: async ({ input, signal, log, progress, attempt }) => {
        expectTypeOf(input).toEqualTypeOf<{ piece: string; hours: number }>()
        progress(0.5, `${input.piece}, attempt ${attempt}`)
        log.debug('fired', { aborted: signal.aborted })
        return { grams: 12 }
      },
    },
  },
})

describe('definePlan', () => {
  it('gives references that carry the input and output types of their tasks', () => {
    expectTypeOf(kiln.tasks.fire).toEqualTypeOf<
      TaskReference<{ piece: string; hours?: number | undefined }, { grams: number }>
    >()
    expectTypeOf(kiln.tasks.cool).toEqualTypeOf<TaskReference<unknown, number>>()
    expectTypeOf(kiln.tasks).not.toHaveProperty('glaze')
    expectTypeOf(kiln).toExtend<PlanDefinition>()
    expect(kiln.tasks.fire).toEqual({ plan: 'kiln', name: 'fire' })
  })

  it('refuses at compile time what a task, a check or a state does not know', () => {
    definePlan({
      name: 'typed',
      machine: {
        initial: 'a',
        // @ts-expect-error a state's meta is closed
        states: { a: { meta: { chek: 'isA' } } },
      },
      tasks: {
        // @ts-expect-error a task's settings are closed
        heat: { run: () => 1, timeot: '3s' },
      },
    })
    expectTypeOf(definePlan).parameter(0).toHaveProperty('tasks')
  })
})

describe('compilePlan', () => {
  it('compiles a definition into a plan with defaults filled in', () => {
    const plan = compilePlan(kiln)
    expect(plan).toMatchObject({ name: 'kiln', folder: undefined, resources: { door: 1 } })
    expect(plan.world?.states.get('hot')).toMatchObject({
      check: { name: 'isHot' },
      priority: 0,
      serial: false,
      timeout: 5000,
      type: 'atomic',
    })
    expect(plan.tasks.get('fire')).toMatchObject({
      requires: ['hot'],
      resources: { door: 1 },
      timeout: 30_000,
      retry: { attempts: 3 },
    })
    expect(plan.tasks.get('cool')).toMatchObject({
      input: undefined,
      requires: [],
      timeout: undefined,
      retry: { attempts: 1 },
    })
  })

  it('takes a machine made by setup with its guards, and assignments as its only actions', () => {
    const machine = setup({
      types: { context: {} as { fuel: number } },
      guards: { hasFuel: ({ context }) => context.fuel > 0 },
      actions: { burn: assign({ fuel: ({ context }) => context.fuel - 1 }) },
    }).createMachine({
      context: { fuel: 2 },
      initial: 'cold',
      states: {
        cold: {
          meta: { check: 'isCold' },
          on: {
            HEAT: { target: 'hot', guard: 'hasFuel', actions: 'burn', meta: { task: 'heat' } },
          },
        },
        hot: { meta: { check: 'isHot' }, after: { '1h': 'cold' } },
      },
    })
    const plan = compilePlan(
      definePlan({
        name: 'stove',
        machine,
        checks: { isCold: () => true, isHot: () => false },
        tasks: { heat: () => undefined, cook: { requires: 'hot', run: () => 'soup' } },
      }),
    )
    expect(plan.world?.machine.config).toMatchObject({
      id: 'stove',
      states: { hot: { after: { 3600000: 'cold' } } },
    })
    expect(Object.keys(plan.world?.machine.implementations.guards ?? {})).toEqual(['hasFuel'])
  })

  it('names the plan and the place inside it when there is no file to name', async () => {
    const broken = definePlan({
      name: 'kiln',
      tasks: { fire: { requires: 'hot', run: () => 1 } },
    })
    const [diagnostic] = await diagnosticsOf(() => compilePlan(broken))
    expect(diagnostic).toEqual({
      rule: 'unknown-state',
      message: 'the plan has no machine, so a task cannot require a state',
      path: 'tasks.fire.requires',
      plan: 'kiln',
    })
    expect(() => compilePlan(broken)).toThrow('plan "kiln", tasks.fire.requires: the plan has no')
  })

  it('gives the same version for the same definition and another for any change of it', () => {
    const build = (delay: string, run: () => number) =>
      compilePlan(definePlan({ name: 'same', tasks: { a: { timeout: delay, run } } })).version
    const one = () => 1
    expect(build('1s', one)).toMatch(/^[0-9a-f]{64}$/)
    expect(build('1s', one)).toBe(build('1s', () => 1))
    expect(build('1s', one)).not.toBe(build('2s', one))
    expect(build('1s', one)).not.toBe(build('1s', () => 2))
  })

  it('knows resources that are declared outside of the plan', async () => {
    const definition = definePlan({
      name: 'shared',
      tasks: { a: { resources: ['gpu'], run: () => 1 } },
    })
    expect(await diagnosticsOf(() => compilePlan(definition))).toMatchObject([
      { rule: 'unknown-resource', path: 'tasks.a.resources[0]' },
    ])
    expect(compilePlan(definition, { resources: { gpu: 1 } }).resources).toEqual({})
  })

  it('takes a task that others do without a handler, and one in code that has both is refused', async () => {
    const input = z.object({ page: z.number() })
    const plan = definePlan({ name: 'office', tasks: { scan: { external: true, input } } })
    const task = compilePlan(plan).tasks.get('scan')
    expect(task).toMatchObject({ external: true, input })
    expect(() => task?.run({} as never)).toThrow('office/scan is external')
    const both = { name: 'office', tasks: { scan: { external: true, run: () => 1 } } }
    const definition = { ...plan, definition: both }
    expect(await diagnosticsOf(() => compilePlan(definition))).toMatchObject([
      { rule: 'external-task', path: 'tasks.scan.run' },
    ])
  })

  it('keeps what a task and a resource say about when they may start', () => {
    const plan = compilePlan(
      definePlan({
        name: 'calls',
        resources: { api: { capacity: 5, limit: { count: 10, per: '1s' } }, door: 1 },
        tasks: {
          call: {
            resources: ['api'],
            limit: { count: 2, per: '1m', by: 'group' },
            groupConcurrency: 3,
            priority: 'high',
            queue: 'slow',
            run: () => 1,
          },
          plain: () => 1,
        },
      }),
    )
    expect(plan.resources).toEqual({ api: 5, door: 1 })
    expect(plan.resourceLimits).toEqual({ api: { count: 10, per: 1000, perGroup: false } })
    expect(plan.tasks.get('call')).toMatchObject({
      external: false,
      limit: { count: 2, per: 60_000, perGroup: true },
      groupConcurrency: 3,
      priority: 100,
      queue: 'slow',
    })
    expect(plan.tasks.get('plain')).toMatchObject({ limit: undefined, priority: undefined })
  })

  it('reports code of the wrong kind instead of failing on it', async () => {
    const definition = {
      name: 'odd',
      tasks: {},
      definition: {
        name: 'odd',
        checks: { isA: 5 },
        machine: { initial: 'a', states: { a: { meta: { check: 'isA' } } } },
        tasks: { none: {}, text: 'text', wrong: { run: 5 }, shaped: { run: () => 1, input: {} } },
      },
    } as unknown as PlanDefinition
    const diagnostics = await diagnosticsOf(() => compilePlan(definition))
    expect(diagnostics.map(({ rule, path }) => [rule, path])).toEqual([
      ['not-a-function', 'machine.states.a.meta.check'],
      ['missing-key', 'tasks.none.run'],
      ['not-a-function', 'tasks.text'],
      ['not-a-function', 'tasks.wrong.run'],
      ['task-schema', 'tasks.shaped.input'],
    ])
  })
})
