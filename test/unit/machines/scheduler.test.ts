import { describe, expect, it, onTestFinished } from 'vitest'
import { type AnyActorRef, createActor, fromCallback, fromPromise } from 'xstate'
import { executionMachine } from '../../../machines/execution.ts'
import { queueMachine } from '../../../machines/queue.ts'
import { type Resident, schedulerMachine } from '../../../machines/scheduler.ts'
import { allDone, ManualClock, toTimers } from '../../support/manual-clock.ts'

const policy = { intensity: 2, within: 60_000, delay: 100, maxDelay: 150, random: () => 0 }
const claimed = { type: 'tasklets.claimed', queue: 'a', tasklets: [] } as const

interface Behaviour {
  readonly boot?: () => Promise<void>
  readonly shutDown?: () => Promise<void>
  /** A queue crashes at every claim that this throws for. */
  readonly claim?: (queue: string) => void
  readonly residents?: readonly Resident[]
  /** The execution manager crashes at every batch that this throws for. */
  readonly adopt?: () => void
}

/** The scheduler over two queues, `a` and `b`; `seen` is what happened, in order. */
function startScheduler(behaviour: Behaviour = {}) {
  const clock = new ManualClock()
  const seen: string[] = []
  const note = (what: string) => void seen.push(what)
  const later = (name: string, work?: () => Promise<void>) =>
    fromPromise(async () => {
      note(name)
      await work?.()
    })
  const queue = queueMachine.provide({
    actions: {
      claim: ({ context: { name } }) => {
        note(`claim ${name}`)
        behaviour.claim?.(name)
      },
    },
  })
  const execution = executionMachine.provide({
    actions: {
      adoptTasklets: () => {
        note('adopt')
        behaviour.adopt?.()
      },
      returnTasklets: () => note('return'),
      abortTasklets: () => note('abort'),
      reportIdle: () => note('drain'),
      announceDrained: () => root.send({ type: 'execution.drained' }),
    },
  })
  const root = createActor(
    schedulerMachine.provide({
      actors: {
        boot: later('boot', behaviour.boot),
        shutDown: later('shutDown', behaviour.shutDown),
        queue,
        execution,
      },
      actions: {
        reportReady: () => note('ready'),
        reportStopped: () => note('stopped'),
        reportRestart: (_, { id, delay }) => note(`restart ${id} in ${delay}`),
      },
    }),
    {
      input: { queues: ['a', 'b'], residents: behaviour.residents ?? [], policy },
      clock: toTimers(clock),
    },
  )
  const errors: unknown[] = []
  root.subscribe({ error: (error) => errors.push(error) })
  root.start()
  onTestFinished(() => void root.stop())
  return { root, clock, seen, errors }
}

/** Throws for the first calls, as often as told. */
function failing(times: number) {
  let left = times
  return () => {
    left -= 1
    if (left >= 0) throw new Error('crashed')
  }
}

describe('the scheduler machine', () => {
  it('boots first, then starts its residents and reports that it is ready', async () => {
    const { root, seen } = startScheduler()
    expect(Object.keys(root.getSnapshot().children)).not.toContain('execution')
    await allDone()
    expect(root.getSnapshot().value).toBe('running')
    expect(Object.keys(root.getSnapshot().children).toSorted()).toEqual([
      'execution',
      'queue:a',
      'queue:b',
    ])
    expect(seen).toEqual(['boot', 'ready', 'claim a', 'claim b'])
  })

  it('fails with the cause when the boot fails, and starts nothing', async () => {
    const { root, seen } = startScheduler({ boot: () => Promise.reject(new Error('no disk')) })
    await allDone()
    expect(root.getSnapshot()).toMatchObject({
      value: 'failed',
      status: 'done',
      context: { failure: { message: 'no disk' } },
    })
    expect(seen).toEqual(['boot', 'stopped'])
  })

  it('routes work to the execution manager and words about a queue to that queue alone', async () => {
    const { root, seen } = startScheduler()
    await allDone()
    seen.length = 0
    root.send(claimed)
    const states = () => ['a', 'b'].map((name) => childState(root, `queue:${name}`))
    root.send({ type: 'work.available', queue: 'a' })
    expect(states()).toEqual([{ open: 'claimingAgain' }, { open: 'claiming' }])
    root.send({ type: 'queue.pause', queue: 'b' })
    expect(states()).toEqual([{ open: 'claimingAgain' }, { paused: 'claiming' }])
    root.send({ type: 'queue.resume', queue: 'b' })
    expect(states()).toEqual([{ open: 'claimingAgain' }, { open: 'claimingAgain' }])
    expect(seen).toEqual(['adopt'])
  })

  it('drains queues and execution, then shuts down, then stops', async () => {
    const { root, seen } = startScheduler()
    await allDone()
    seen.length = 0
    root.send({ type: 'scheduler.stop' })
    root.send(claimed)
    expect(['queue:a', 'queue:b'].map((id) => childState(root, id))).toEqual([
      'draining',
      'draining',
    ])
    root.send({ type: 'execution.idle' })
    await allDone()
    expect(seen).toEqual(['drain', 'return', 'shutDown', 'stopped'])
    expect(root.getSnapshot()).toMatchObject({ value: 'stopped', status: 'done' })
  })

  it('tells running work to stop when the drain time is over', async () => {
    const { root, seen } = startScheduler()
    await allDone()
    seen.length = 0
    root.send({ type: 'scheduler.stop' })
    root.send({ type: 'scheduler.abort' })
    root.send({ type: 'execution.idle' })
    await allDone()
    expect(seen).toEqual(['drain', 'abort', 'drain', 'shutDown', 'stopped'])
  })

  it('fails with the cause when the shutdown fails', async () => {
    const { root } = startScheduler({ shutDown: () => Promise.reject(new Error('stuck')) })
    await allDone()
    root.send({ type: 'scheduler.stop' })
    root.send({ type: 'execution.idle' })
    await allDone()
    expect(root.getSnapshot()).toMatchObject({
      value: 'failed',
      context: { failure: { message: 'stuck' } },
    })
  })

  it('starts a crashed execution manager again, which works on', async () => {
    const { root, clock, seen, errors } = startScheduler({ adopt: failing(1) })
    await allDone()
    seen.length = 0
    root.send(claimed)
    await clock.advance(100)
    root.send(claimed)
    expect(seen).toEqual(['adopt', 'restart execution in 100', 'adopt'])
    expect(errors).toEqual([])
  })

  it('goes on when word comes for a queue that is between crash and restart', async () => {
    const claim = failing(1)
    const { root, clock, seen, errors } = startScheduler({
      claim: (name) => name === 'a' && claim(),
    })
    await allDone()
    root.send({ type: 'work.available', queue: 'a' })
    root.send({ type: 'room.freed', queue: 'a' })
    await clock.advance(100)
    expect(errors).toEqual([])
    expect(root.getSnapshot().value).toBe('running')
    expect(seen.at(-1)).toBe('claim a')
  })

  it('goes on when word comes for a queue that it does not have', async () => {
    const { root, errors } = startScheduler()
    await allDone()
    root.send({ type: 'work.available', queue: 'of another process' })
    expect(errors).toEqual([])
    expect(root.getSnapshot().value).toBe('running')
  })

  it('still stops when it is told to while a queue is between crash and restart', async () => {
    const claim = failing(1)
    const { root, clock, errors } = startScheduler({ claim: (name) => name === 'a' && claim() })
    await allDone()
    root.send({ type: 'scheduler.stop' })
    root.send({ type: 'execution.idle' })
    await clock.advance(1000)
    expect(errors).toEqual([])
    expect(root.getSnapshot().value).toBe('stopped')
  })

  it('still stops when it is told to while execution is between crash and restart', async () => {
    const { root, clock, errors } = startScheduler({ adopt: failing(1) })
    await allDone()
    root.send(claimed)
    root.send({ type: 'scheduler.stop' })
    await clock.advance(1000)
    root.send({ type: 'execution.idle' })
    await allDone()
    expect(errors).toEqual([])
    expect(root.getSnapshot().value).toBe('stopped')
  })

  it('leaves no timer behind when it has stopped', async () => {
    const claim = failing(2)
    const { root, clock } = startScheduler({ claim: (name) => name === 'a' && claim() })
    await clock.advance(1000)
    root.send({ type: 'scheduler.stop' })
    root.send({ type: 'execution.idle' })
    await allDone()
    expect(root.getSnapshot().value).toBe('stopped')
    expect(clock.pending).toBe(0)
  })

  it('starts a crashed resident again, and while it drains only one that running work needs', async () => {
    const { root, clock, seen } = startScheduler({
      residents: [resident('twin:a', true), resident('interrupt:a/b', false)],
    })
    await allDone()
    const child = (id: string): AnyActorRef | undefined =>
      root.getSnapshot().children[id as 'execution']
    const crashed = child('twin:a')
    crashed?.send({ type: 'crash' })
    expect(child('twin:a')).toBeUndefined()
    await clock.advance(100)
    expect(child('twin:a')).toBeDefined()
    expect(child('twin:a')).not.toBe(crashed)
    expect(seen).toContain('restart twin:a in 100')

    root.send({ type: 'scheduler.stop' })
    expect(child('interrupt:a/b')).toBeUndefined()
    child('twin:a')?.send({ type: 'crash' })
    await clock.advance(150)
    expect(child('twin:a')).toBeDefined()
    expect(child('interrupt:a/b')).toBeUndefined()
  })

  it('exchanges residents while it runs, and one that waits for its restart does not come back', async () => {
    const { root, clock } = startScheduler({
      residents: [resident('twin:a', true), resident('interrupt:a/b', false)],
    })
    await allDone()
    const child = (id: string): AnyActorRef | undefined =>
      root.getSnapshot().children[id as 'execution']
    const [twin, rule] = [child('twin:a'), child('interrupt:a/b')]
    rule?.send({ type: 'crash' })
    root.send({
      type: 'residents.replaced',
      gone: ['interrupt:a/b'],
      residents: [resident('twin:a', true), resident('interrupt:a/c', false)],
    })
    expect(twin?.getSnapshot().status).toBe('stopped')
    expect(child('twin:a')?.getSnapshot().status).toBe('active')
    const successor = child('interrupt:a/c')
    expect(successor).toBeDefined()
    await clock.advance(1000)
    expect(child('interrupt:a/b')).toBeUndefined()

    successor?.send({ type: 'crash' })
    await clock.advance(150)
    expect(child('interrupt:a/c')?.getSnapshot().status).toBe('active')
    root.send({ type: 'scheduler.stop' })
    const come = [resident('twin:a', true), resident('interrupt:a/d', false)]
    root.send({ type: 'residents.replaced', gone: [], residents: come })
    expect(child('twin:a')).toBeDefined()
    expect(child('interrupt:a/d')).toBeUndefined()
  })
})

function resident(id: string, servesRunningWork: boolean): Resident {
  const logic = fromCallback(({ receive }) => {
    receive(() => {
      throw new Error('crashed')
    })
  })
  return { id, logic, servesRunningWork }
}

function childState(root: ReturnType<typeof startScheduler>['root'], id: string): unknown {
  const children = root.getSnapshot().children as Record<string, { getSnapshot(): unknown }>
  return (children[id]?.getSnapshot() as { value: unknown } | undefined)?.value
}
