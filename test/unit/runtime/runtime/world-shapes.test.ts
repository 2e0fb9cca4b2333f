import { describe, expect, it } from 'vitest'
import { assign, setup } from 'xstate'
import { allDone } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

const way = (target: string, task: string) => ({ target, meta: { task } })

/** A shop: a door, and an oven that has an inner life while it is on. */
function makeShop(requires: unknown, at: Record<string, string>) {
  const seen: string[] = []
  const move = (name: string, part: string, to: string) => () => {
    seen.push(name)
    at[part] = to
  }
  const door = {
    initial: 'open',
    states: {
      open: { meta: { check: 'open' }, on: { CLOSE: way('closed', 'close') } },
      closed: { tags: ['safe'], meta: { check: 'closed' }, on: { OPEN: way('open', 'open') } },
    },
  }
  const on = {
    initial: 'low',
    on: { SWITCH: way('off', 'quench') },
    states: {
      low: { meta: { check: 'low' }, on: { MORE: way('high', 'more') } },
      high: { tags: ['quick'], meta: { check: 'high' } },
    },
  }
  const oven = {
    initial: 'off',
    states: {
      off: { tags: ['idle'], meta: { check: 'off' }, on: { SWITCH: way('on', 'light') } },
      on,
    },
  }
  const is = (part: string, state: string) => () => at[part] === state
  const plan = planOf(
    {
      work: {
        requires,
        run: () => {
          seen.push('work')
        },
      },
      close: move('close', 'door', 'closed'),
      open: move('open', 'door', 'open'),
      light: move('light', 'oven', 'low'),
      quench: move('quench', 'oven', 'off'),
      more: move('more', 'oven', 'high'),
    },
    {
      machine: { type: 'parallel', states: { door, oven } },
      checks: {
        open: is('door', 'open'),
        closed: is('door', 'closed'),
        off: is('oven', 'off'),
        low: is('oven', 'low'),
        high: is('oven', 'high'),
      },
    },
  )
  return { plan, seen }
}

describe('a required state', () => {
  it.each([
    ['in one of several regions', 'door.closed', ['close', 'work']],
    ['that is nested', 'oven.on.high', ['light', 'more', 'work']],
    ['that holds others', 'oven.on', ['light', 'work']],
    ['of several, any of which will do', ['oven.on.high', 'door.closed'], ['close', 'work']],
    ['by its tag', { tag: 'quick' }, ['light', 'more', 'work']],
    ['by a tag that holds already', { tag: 'idle' }, ['work']],
  ])('%s is brought about', async (_, requires, expected) => {
    const at = { door: 'open', oven: 'off' }
    const { plan, seen } = makeShop(requires, at)
    const { runtime } = await startRuntime(plan)
    await runtime.call('plan/work')
    expect(seen).toEqual(expected)
  })

  it('leaves the other regions as they were', async () => {
    const at = { door: 'open', oven: 'high' }
    const { plan, seen } = makeShop('door.closed', at)
    const { runtime } = await startRuntime(plan)
    await runtime.call('plan/work')
    expect(at).toEqual({ door: 'closed', oven: 'high' })
    expect(seen).toEqual(['close', 'work'])
    expect(runtime.plan('plan').belief()?.states).toEqual(['door.closed', 'oven.on.high'])
  })

  it('that is an inner one is left by the edge of the state around it', async () => {
    const { plan, seen } = makeShop('oven.off', { door: 'open', oven: 'high' })
    const { runtime } = await startRuntime(plan)
    await runtime.call('plan/work')
    expect(seen).toEqual(['quench', 'work'])
  })
})

describe('a guard over context', () => {
  it('keeps an edge shut until an external fact opens it', async () => {
    let at = 'parked'
    const machine = setup({
      types: { context: {} as { fuel: number }, events: {} as { type: string; litres?: number } },
      guards: { hasFuel: ({ context }) => context.fuel > 0 },
      actions: { fill: assign({ fuel: ({ event }) => event.litres ?? 0 }) },
    }).createMachine({
      context: { fuel: 0 },
      initial: 'parked',
      on: { FILLED: { actions: 'fill' } },
      states: {
        parked: {
          meta: { check: 'parked' },
          on: { GO: { target: 'moving', guard: 'hasFuel', meta: { task: 'go' } } },
        },
        moving: { meta: { check: 'moving' } },
      },
    })
    const tasks = {
      deliver: { requires: 'moving', run: () => 'delivered' },
      go: () => {
        at = 'moving'
      },
    }
    const checks = { parked: () => at === 'parked', moving: () => at === 'moving' }
    const { runtime } = await startRuntime(planOf(tasks, { machine, checks }))
    const refused = await runtime.submit('plan/deliver')
    await expect(refused.result()).rejects.toMatchObject({
      reason: 'unreachable',
      message: expect.stringContaining('hasFuel'),
    })
    const filled = { type: 'FILLED', litres: 40 }
    runtime.plan('plan').send(filled)
    expect(runtime.plan('plan').belief()?.context).toEqual({ fuel: 40 })
    expect(await runtime.call('plan/deliver')).toBe('delivered')
    expect(at).toBe('moving')
  })
})

/** A kettle that cools down by itself, with tasks that say what they do to it. */
function makeKettle() {
  const world = { at: 'hot', asked: 0, seen: [] as string[] }
  const is = (state: string) => () => {
    world.asked += 1
    return world.at === state
  }
  const move = (name: string, to: string) => () => {
    world.seen.push(name)
    world.at = to
  }
  const tasks = {
    pour: { requires: 'hot', run: () => 'poured' },
    rinse: { requires: 'cold', run: () => 'rinsed' },
    empty: { requires: 'hot', leaves: 'cold', run: move('empty', 'cold') },
    drop: { disturbs: true, run: move('drop', 'cold') },
    heat: move('heat', 'hot'),
    cool: move('cool', 'cold'),
  }
  const machine = {
    initial: 'cold',
    states: {
      cold: { meta: { check: 'cold' }, on: { HEAT: way('hot', 'heat') } },
      hot: {
        meta: { check: 'hot' },
        after: { '10s': { target: 'cold' } },
        on: { COOL: way('cold', 'cool') },
      },
    },
  }
  const plan = planOf(tasks, { machine, checks: { cold: is('cold'), hot: is('hot') } })
  return { plan, world }
}

describe('what is believed', () => {
  it('ages by the delays of the machine, and is then asked again', async () => {
    const { plan, world } = makeKettle()
    const { runtime, clock } = await startRuntime(plan, { planning: { freshness: '1h' } })
    const access = runtime.plan('plan')
    await access.state()
    await clock.advance('9s')
    expect(access.belief()).toMatchObject({ states: ['hot'], source: 'checks' })
    await clock.advance('1s')
    expect(access.belief()).toMatchObject({ states: ['cold'], source: 'decay' })
    expect(world.asked).toBe(2)
    // It did not cool down after all, and nobody relies on what is only believed.
    await runtime.call('plan/rinse')
    expect(world.seen).toEqual(['cool'])
  })

  it('after a task that leaves a state is that state, but only as a belief', async () => {
    const { plan, world } = makeKettle()
    const { runtime } = await startRuntime(plan, { planning: { freshness: '1h' } })
    await runtime.call('plan/empty')
    await allDone()
    expect(runtime.plan('plan').belief()).toMatchObject({ states: ['cold'], source: 'task' })
    const asked = world.asked
    await runtime.call('plan/pour')
    expect(world.asked).toBeGreaterThan(asked)
    expect(world.seen).toEqual(['empty', 'heat'])
  })

  it('is void after a task that disturbs', async () => {
    const { plan, world } = makeKettle()
    const { runtime } = await startRuntime(plan, { planning: { freshness: '1h' } })
    await runtime.plan('plan').state()
    await runtime.call('plan/drop')
    await allDone()
    expect(runtime.plan('plan').belief()).toBeUndefined()
    await runtime.call('plan/pour')
    expect(world.seen).toEqual(['drop', 'heat'])
  })

  it('is moved by nobody while a task that leaves another state is at work', async () => {
    const { plan, world } = makeKettle()
    const { runtime } = await startRuntime(plan, { concurrency: 8 })
    const names = ['empty', 'pour', 'empty', 'pour', 'drop', 'pour']
    await Promise.all(names.map((name) => runtime.call(`plan/${name}`)))
    const moves = world.seen.filter((name) => name !== 'drop')
    expect(moves.filter((name) => name === 'empty')).toHaveLength(2)
    for (const [index, name] of moves.entries()) {
      if (name === 'empty' && index > 0) expect(moves[index - 1]).toBe('heat')
    }
  })
})
