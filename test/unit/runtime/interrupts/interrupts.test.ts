import { describe, expect, it } from 'vitest'
import { allDone } from '../../../support/manual-clock.ts'
import { makeRule, Scene } from './scene.ts'

const HANDLER = 'handler of fire'

describe('An interrupt', () => {
  it('stores its handler, then stops the work, and lets the handler go when all have ended', async () => {
    const scene = new Scene(makeRule({ holds: () => true }))
    scene.run('a')
    scene.run('b', { plan: 'mill' })
    await scene.start()
    expect(scene.told).toEqual([
      'close interrupt:kiln/fire',
      `submit ${HANDLER}`,
      'interrupt.fired',
      'stop a interrupted',
    ])
    expect(scene.admits(HANDLER)).toBe(false)
    await scene.end('a')
    expect(scene.state()).toBe('handling')
    expect(scene.admits(HANDLER)).toBe(true)
    expect(scene.admits('another')).toBe(false)
    await scene.complete(HANDLER)
    expect(scene.told.slice(-2)).toEqual(['interrupt.ended', 'open interrupt:kiln/fire'])
    expect(scene.scopes.size).toBe(0)
  })

  it('of the whole runtime stops work of every plan', async () => {
    const scene = new Scene(makeRule({ holds: () => true, scope: 'runtime' }))
    scene.run('a')
    scene.run('b', { plan: 'mill' })
    await scene.start()
    expect(scene.told).toContain('stop b interrupted')
    expect(scene.scopes.get('interrupt:kiln/fire')?.plan).toBeUndefined()
  })

  it('cancels its victims in the store too, and only those that are meant', async () => {
    const victims = { policy: 'cancel', tasks: ['bake'], tags: ['batch'] } as const
    const scene = new Scene(makeRule({ holds: () => true, victims }))
    scene.run('a')
    scene.run('b', { task: 'look' })
    scene.run('c', { task: 'look', tags: ['batch'] })
    await scene.start()
    expect(scene.told.filter((line) => line.startsWith('cancel'))).toEqual(['cancel a', 'cancel c'])
    expect(scene.told).toContain('stop a cancelled')
    expect(scene.running.get('b')?.stopping).toBeUndefined()
  })

  it('pauses its victims, and they go on after the way back', async () => {
    const victims = { policy: 'pause', tasks: [], tags: [] } as const
    const scene = new Scene(makeRule({ holds: () => true, victims, returnTo: 'cold' }))
    const victim = scene.run('a')
    await scene.start()
    expect(victim.paused).toBe(true)
    expect(scene.state()).toBe('clearing')
    const standing = victim.checkpoint()
    await allDone()
    expect(scene.state()).toBe('handling')
    await scene.complete(HANDLER)
    expect(scene.state()).toBe('returning')
    expect(scene.admits('go to cold')).toBe(true)
    expect(victim.paused).toBe(true)
    await scene.complete('go to cold')
    await standing
    expect(victim.paused).toBe(false)
    expect(victim.stopping).toBeUndefined()
  })

  it('sends paused work back to its queue when its state is gone', async () => {
    const victims = { policy: 'pause', tasks: [], tags: [] } as const
    const scene = new Scene(makeRule({ holds: () => true, victims }))
    scene.holds = false
    const victim = scene.run('a')
    await scene.start()
    const standing = victim.checkpoint()
    standing.catch(() => {})
    await allDone()
    await scene.complete(HANDLER)
    expect(victim.stopping?.kind).toBe('interrupted')
  })

  it('waits for paused work that ends without ever standing still', async () => {
    const victims = { policy: 'pause', tasks: [], tags: [] } as const
    const scene = new Scene(makeRule({ holds: () => true, victims }))
    scene.run('a')
    await scene.start()
    expect(scene.state()).toBe('clearing')
    await scene.end('a', 'completed')
    expect(scene.state()).toBe('handling')
  })

  it('looks again only when its cooldown, counted from the end of the handler, is over', async () => {
    let looks = 0
    const scene = new Scene(makeRule({ holds: () => ++looks > 0, cooldown: 30_000 }))
    await scene.start()
    await scene.clock.advance('10s')
    await scene.complete(HANDLER)
    await scene.clock.advance(29_999)
    expect([looks, scene.state()]).toEqual([1, 'cooling'])
    await scene.clock.advance(1)
    expect(looks).toBe(2)
  })

  it('whose handler fails says so, opens its scope and cools', async () => {
    const scene = new Scene(makeRule({ holds: () => true, cooldown: 1000 }))
    await scene.start()
    await scene.fail(HANDLER, new Error('no water'))
    expect(scene.told.slice(-2)).toEqual(['interrupt.failed', 'open interrupt:kiln/fire'])
    expect(scene.state()).toBe('cooling')
  })

  it('that cannot submit its handler stops nothing', async () => {
    const scene = new Scene(makeRule({ holds: () => true, cooldown: 1000 }))
    scene.refusal = new Error('the disk is full')
    const work = scene.run('a')
    await scene.start()
    expect(work.stopping).toBeUndefined()
    expect(scene.told).toEqual([
      'close interrupt:kiln/fire',
      'interrupt.failed',
      'open interrupt:kiln/fire',
    ])
  })

  it('is found under way after a restart, with its scope closed before the actor is there', async () => {
    let looks = 0
    const scene = new Scene(makeRule({ holds: () => looks++ === 0 }))
    await scene.start()
    scene.kill()
    await scene.interrupts.recall()
    expect(scene.told).toEqual(['close interrupt:kiln/fire'])
    expect(scene.admits(HANDLER)).toBe(false)
    await scene.start()
    expect(scene.state()).toBe('handling')
    expect(scene.admits(HANDLER)).toBe(true)
    await scene.complete(HANDLER)
    expect(scene.told.slice(-2)).toEqual(['interrupt.ended', 'open interrupt:kiln/fire'])
  })

  it('keeps its cooldown and its switch over a restart', async () => {
    const scene = new Scene(makeRule({ holds: () => true, cooldown: 30_000 }))
    await scene.start()
    await scene.complete(HANDLER)
    scene.kill()
    await scene.start()
    expect(scene.state()).toBe('cooling')
    await scene.interrupts.disable('kiln/fire')
    scene.kill()
    await scene.start()
    expect(scene.interrupts.list()[0]).toMatchObject({ state: 'disabled', enabled: false })
    await scene.interrupts.enable('kiln/fire')
    expect(scene.state()).toBe('cooling')
  })

  it('opens its scope when its actor is stopped, so that running work can end', async () => {
    const scene = new Scene(makeRule({ holds: () => true }))
    const [actor] = await scene.start()
    actor?.stop()
    expect(scene.scopes.size).toBe(0)
    expect(scene.clock.pending).toBe(0)
  })

  it('fires on an event, which its handler is given', async () => {
    const scene = new Scene(makeRule({ trigger: { kind: 'event', pattern: 'alarm.**' } }))
    await scene.start()
    expect(scene.state()).toBe('watching')
    scene.bus.emit('alarm.door.left', 1)
    await allDone()
    expect(scene.state()).toBe('handling')
    expect(scene.records.get(HANDLER)?.event).toMatchObject({ name: 'alarm.door.left', data: 1 })
  })
})

describe('A check', () => {
  it('is asked again only after its answer, however long that takes', async () => {
    const answers: PromiseWithResolvers<boolean>[] = []
    const holds = () => {
      const answer = Promise.withResolvers<boolean>()
      answers.push(answer)
      return answer.promise
    }
    const scene = new Scene(makeRule({ holds }))
    await scene.start()
    await scene.clock.advance(400)
    expect(answers).toHaveLength(1)
    answers[0]?.resolve(false)
    await scene.clock.advance(999)
    expect(answers).toHaveLength(1)
    await scene.clock.advance(1)
    expect(answers).toHaveLength(2)
  })

  it('that fails, is late or answers nonsense is told once and asked again', async () => {
    const answers: (() => unknown)[] = [
      () => Promise.reject(new Error('no sensor')),
      () => Promise.reject(new Error('no sensor')),
      () => 'yes',
      () => new Promise(() => {}),
      () => true,
    ]
    const scene = new Scene(makeRule({ holds: () => answers.shift()?.() ?? false }))
    await scene.start()
    await scene.clock.advance('6s')
    expect(scene.told.filter((line) => line === 'interrupt.check-failed')).toHaveLength(3)
    expect(scene.state()).toBe('handling')
  })
})

describe('Of two interrupts', () => {
  const event = (pattern: string) => ({ kind: 'event', pattern }) as const
  const low = makeRule({ name: 'low', trigger: event('low'), priority: 200 })
  const high = makeRule({ name: 'high', trigger: event('high'), priority: 10 })

  it('the more important one interrupts the handler of the other, and its own gets past', async () => {
    const scene = new Scene(low, high)
    await scene.start()
    scene.bus.emit('low', 1)
    await allDone()
    scene.run('handler of low')
    scene.bus.emit('high', 1)
    await allDone()
    expect(scene.told).toContain('stop handler of low interrupted')
    await scene.end('handler of low')
    expect(scene.state('kiln/high')).toBe('handling')
    expect(scene.admits('handler of high', 'interrupt:kiln/low')).toBe(true)
    expect(scene.admits('handler of low', 'interrupt:kiln/high')).toBe(false)
  })

  it('the less important one waits for its turn', async () => {
    const scene = new Scene(low, high)
    await scene.start()
    scene.bus.emit('high', 1)
    await allDone()
    scene.bus.emit('low', 1)
    await allDone()
    expect(scene.state('kiln/low')).toBe('queued')
    await scene.complete('handler of high')
    expect(scene.state('kiln/low')).toBe('handling')
  })

  it('the one that waited looks again before it fires', async () => {
    let holds = true
    const scene = new Scene(makeRule({ name: 'check', holds: () => holds, priority: 200 }), high)
    holds = false
    await scene.start()
    scene.bus.emit('high', 1)
    holds = true
    await scene.clock.advance(1000)
    expect(scene.state('kiln/check')).toBe('queued')
    holds = false
    await scene.complete('handler of high')
    expect(scene.state('kiln/check')).toBe('watching')
  })

  it('both may work at once where their scopes do not meet', async () => {
    const scene = new Scene(low, { ...high, plan: 'mill' })
    await scene.start()
    for (const name of ['high', 'low']) scene.bus.emit(name, 1)
    await allDone()
    expect(scene.interrupts.list().map(({ state }) => state)).toEqual(['handling', 'handling'])
  })
})

describe('The list of interrupts', () => {
  it('names what there is when a name is unknown', async () => {
    const scene = new Scene(makeRule())
    await expect(scene.interrupts.disable('kiln/fier')).rejects.toThrow('did you mean "kiln/fire"?')
    await expect(scene.interrupts.enable('other')).rejects.toThrow('there are: kiln/fire')
    expect(scene.facts.size).toBe(0)
  })
})
