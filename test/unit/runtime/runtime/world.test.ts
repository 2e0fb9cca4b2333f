import { describe, expect, it } from 'vitest'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import { type Kiln, makeKiln } from '../../../support/kiln.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { startRuntime } from '../../../support/runtimes.ts'

/** Tasks that note where the kiln is when they begin and when they end. */
function makeWorkshop(): Kiln {
  const work = (name: string) => async () => {
    kiln.seen.push(`${name} in ${kiln.at}`)
    await allDone()
    kiln.seen.push(`${name} still in ${kiln.at}`)
    return name
  }
  const kiln = makeKiln({
    fire: { requires: 'hot', run: work('fire') },
    load: { requires: 'cold', run: work('load') },
    look: work('look'),
  })
  return kiln
}

describe('a task that requires a state', () => {
  it('runs once the world has been brought there, and its record shows the way', async () => {
    const kiln = makeWorkshop()
    const { runtime, events } = await startRuntime(kiln.plan)
    const tasklet = await runtime.submit('kiln/fire')
    expect(await tasklet.result()).toBe('fire')
    expect(kiln.seen).toEqual(['warm', 'heat', 'fire in hot', 'fire still in hot'])
    expect(await runtime.get(tasklet.id)).toMatchObject({
      trail: {
        from: 'cold',
        target: 'hot',
        steps: [
          { event: 'WARM', outcome: 'moved' },
          { event: 'HEAT', outcome: 'moved' },
        ],
      },
    })
    const told = events.map(({ name }) => name).filter((name) => /^(world|path|trans)/.test(name))
    const edge = ['transition.started', 'transition.ended']
    expect(told).toEqual(['world.detected', 'path.found', ...edge, ...edge])
  })

  it('runs at once where the world is right already', async () => {
    const kiln = makeWorkshop()
    kiln.at = 'hot'
    const { runtime } = await startRuntime(kiln.plan)
    await runtime.call('kiln/fire')
    expect(kiln.seen).toEqual(['fire in hot', 'fire still in hot'])
  })

  it('never finds the world moved under its hands by a task that requires another', async () => {
    const kiln = makeWorkshop()
    const { runtime } = await startRuntime(kiln.plan, { concurrency: 8 })
    const names = ['fire', 'load', 'look', 'fire', 'load', 'fire']
    await Promise.all(names.map((name) => runtime.call(`kiln/${name}`)))
    const runs = kiln.seen.filter((line) => /^(fire|load)/.test(line))
    expect(runs).toHaveLength(10)
    for (const line of runs) expect(line).toMatch(/^fire .*in hot$|^load .*in cold$/)
    // Between begin and end of a run in one state there is no transition to another.
    let inside = 0
    for (const line of kiln.seen) {
      if (/^(fire|load) in/.test(line)) inside += 1
      else if (/^(fire|load) still/.test(line)) inside -= 1
      else if (!line.startsWith('look')) expect({ line, inside }).toEqual({ line, inside: 0 })
    }
  })

  it('shares the state with others that require it, and the world moves once', async () => {
    const kiln = makeWorkshop()
    let inside = 0
    let most = 0
    const { runtime } = await startRuntime(kiln.plan, { concurrency: 8 })
    runtime.events.on('tasklet.phase', ({ data }) => {
      if (data.phase === 'executing') inside += 1
      if (data.phase === 'settling') inside -= 1
      most = Math.max(most, inside)
    })
    await Promise.all([1, 2, 3, 4].map(() => runtime.call('kiln/fire')))
    expect(kiln.seen.filter((line) => line === 'warm' || line === 'heat')).toEqual(['warm', 'heat'])
    expect(kiln.seen.filter((line) => line === 'fire in hot')).toHaveLength(4)
    expect(kiln.seen.indexOf('fire still in hot')).toBeGreaterThan(
      kiln.seen.lastIndexOf('fire in hot'),
    )
  })

  it('fails for good, without spending an attempt, when no path leads there', async () => {
    const kiln = makeWorkshop()
    kiln.at = 'lost'
    const { runtime } = await startRuntime(kiln.plan)
    const tasklet = await runtime.submit('kiln/fire', undefined, { retry: { attempts: 5 } })
    await expect(tasklet.result()).rejects.toMatchObject({
      kind: 'planning',
      reason: 'unreachable',
    })
    expect(await runtime.get(tasklet.id)).toMatchObject({ status: 'failed', attempts: 0 })
    expect(kiln.seen).toEqual([])
  })

  it('lets the next one prepare the world when a preparation has failed', async () => {
    const kiln = makeWorkshop()
    for (const edge of ['warm', 'blast']) {
      kiln.doings[edge] = () => Promise.reject(new Error('no gas'))
    }
    const { runtime } = await startRuntime(kiln.plan)
    const [first, second] = [await runtime.submit('kiln/fire'), await runtime.submit('kiln/load')]
    await expect(first.result()).rejects.toMatchObject({ kind: 'planning' })
    expect(await second.result()).toBe('load')
  })

  it('tries a transition task again as often as that task says', async () => {
    const kiln = makeKiln({
      fire: { requires: 'hot', run: () => 'fired' },
      warm: {
        retry: { attempts: 3, backoff: { type: 'fixed', delay: 1000 } },
        run: ({ attempt }: TaskContext) => {
          kiln.seen.push(`warm ${attempt}`)
          if (attempt < 3) throw new Error('not yet')
          kiln.at = 'warm'
        },
      },
    })
    const { runtime, clock } = await startRuntime(kiln.plan)
    const tasklet = await runtime.submit('kiln/fire')
    await clock.advance(1999)
    expect(kiln.seen).toEqual(['warm 1', 'warm 2'])
    await clock.advance(1)
    expect(await tasklet.result()).toBe('fired')
    expect(kiln.seen).toEqual(['warm 1', 'warm 2', 'warm 3', 'heat'])
  })

  it('ends with a budget error when the preparation takes longer than it may', async () => {
    const kiln = makeWorkshop()
    kiln.at = 'nowhere'
    const planning = { timeout: '1s', maxDetections: 100 }
    const { runtime, clock } = await startRuntime(kiln.plan, { planning })
    const tasklet = await runtime.submit('kiln/fire')
    const failed = expect(tasklet.result()).rejects.toMatchObject({
      kind: 'planning',
      reason: 'budget',
    })
    await clock.advance('1s')
    await failed
  })
})

describe('the world of a plan', () => {
  it('is asked, planned over and moved by hand', async () => {
    const kiln = makeWorkshop()
    const { runtime } = await startRuntime(kiln.plan)
    const access = runtime.plan('kiln')
    expect(await access.state()).toMatchObject({ outcome: 'detected', states: ['cold'] })
    expect(await access.path('hot')).toMatchObject({ outcome: 'reachable', cost: 2 })
    expect(await access.path('cold', { from: 'hot' })).toMatchObject({ cost: 1 })
    expect(kiln.seen).toEqual([])
    const tasklet = await access.goTo('hot')
    await tasklet.result()
    expect(kiln.at).toBe('hot')
    expect(await runtime.get(tasklet.id)).toMatchObject({ source: 'manual', requires: ['hot'] })
  })

  it('refuses states that it does not have', async () => {
    const { runtime } = await startRuntime(makeWorkshop().plan)
    const access = runtime.plan('kiln')
    const refused = { code: 'invalid_input', message: expect.stringContaining('cold, warm, hot') }
    await expect(access.path('molten')).rejects.toMatchObject(refused)
    await expect(access.path('hot', { from: 'molten' })).rejects.toMatchObject(refused)
    await expect((async () => access.goTo('molten'))()).rejects.toMatchObject(refused)
  })
})
