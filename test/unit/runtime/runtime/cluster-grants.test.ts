import { describe, expect, it, onTestFinished } from 'vitest'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import { wait } from '../../../../src/runtime/wait.ts'
import { makeCluster } from '../../../support/cluster.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

const GPU = { resources: { gpu: 1 } }

/** Several runtimes on one store, with the plan each, and how many handlers ran at once. */
async function startCluster(count: number, settings: object, tasks: Record<string, object>) {
  const clock = new ManualClock()
  const cluster = makeCluster()
  const running: string[] = []
  let most = 0
  const seen: string[] = []
  const run = async ({ input, signal, taskletId }: TaskContext) => {
    running.push(taskletId)
    seen.push([...running].sort().join())
    most = Math.max(most, running.length)
    try {
      await wait(clock, Number(input ?? 100), signal)
    } finally {
      running.splice(running.indexOf(taskletId), 1)
    }
  }
  const own = Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [name, { run, ...task }]),
  )
  const processes = []
  for (let at = 0; at < count; at += 1) {
    const way = cluster.join()
    const started = await startRuntime(planOf(own, settings), {}, way.store, clock)
    onTestFinished(() => way.revive())
    processes.push({ ...started, way })
  }
  const { kept } = cluster
  return { clock, cluster, kept, processes, running, seen, most: () => most }
}

describe('What is granted', () => {
  it('is never more than there is, whatever process grants it, and all work is done', async () => {
    const tasks = { train: GPU }
    const { clock, processes, most } = await startCluster(3, { resources: { gpu: 2 } }, tasks)
    const [first] = processes
    for (let at = 0; at < 30; at += 1) await first?.runtime.submit('plan/train')
    await clock.advance('1m')
    expect(await first?.runtime.counts()).toMatchObject({ completed: 30 })
    expect(most()).toBe(2)
  })

  it('lets work that runs alone in its plan do so in all processes', async () => {
    const tasks = { alone: { exclusive: true }, beside: {} }
    const { clock, processes, seen, kept } = await startCluster(2, {}, tasks)
    for (const [at, { runtime }] of [...processes, ...processes, ...processes].entries()) {
      await runtime.submit(at % 3 === 0 ? 'plan/alone' : 'plan/beside')
      await runtime.submit('plan/beside')
    }
    await clock.advance('1m')
    const alone = await kept.list({ task: 'alone', limit: 9 })
    const ids = new Set(alone.items.map(({ id }) => id))
    expect(seen.filter((line) => line.includes(',') && hasAny(line, ids))).toEqual([])
    expect(seen.some((line) => line.includes(','))).toBe(true)
    expect(await kept.counts()).toMatchObject({ completed: 12 })
  })

  it('is counted by task where a task has a most of instances', async () => {
    const { clock, processes, most, kept } = await startCluster(2, {}, { few: { maxInstances: 3 } })
    for (const { runtime } of processes) {
      for (let at = 0; at < 6; at += 1) await runtime.submit('plan/few')
    }
    await clock.advance('1m')
    expect(most()).toBe(3)
    expect(await kept.counts()).toMatchObject({ completed: 12 })
  })

  it('asks the store for nothing where a task needs nothing but a slot', async () => {
    const tasks = { free: {}, train: GPU }
    const { clock, processes } = await startCluster(2, { resources: { gpu: 1 } }, tasks)
    for (const { runtime } of processes) await runtime.submit('plan/free')
    await clock.advance('1s')
    // Once at the start, as there is work that may have to wait.
    expect(processes.map(({ way: { calls } }) => [calls.hold, calls.holds])).toEqual([
      [undefined, 1],
      [undefined, 1],
    ])
  })

  it('ends with the lease of a process that has died', async () => {
    const { clock, processes, kept } = await startCluster(
      2,
      { resources: { gpu: 1 } },
      { train: GPU },
    )
    const [first, second] = processes
    const one = await first?.runtime.submit('plan/train', 3_600_000)
    await clock.advance('1s')
    const two = await second?.runtime.submit('plan/train', 10)
    await clock.advance('5s')
    first?.way.die()
    expect(await kept.get(two?.id ?? '')).toMatchObject({ status: 'pending' })
    await kept.cancel(one?.id ?? '', { kind: 'cancelled', message: 'no more' }, clock.now())
    await clock.advance('40s')
    expect(await kept.get(two?.id ?? '')).toMatchObject({ status: 'completed' })
    expect(await kept.get(one?.id ?? '')).toMatchObject({ status: 'cancelled' })
    expect(await kept.holds()).toEqual([])
  })

  it('names the holder in another process, where it runs and until when', async () => {
    const { clock, processes } = await startCluster(2, { resources: { gpu: 1 } }, { train: GPU })
    const [first, second] = processes
    const one = await first?.runtime.submit('plan/train', 3_600_000)
    await clock.advance('1s')
    const two = await second?.runtime.submit('plan/train')
    // After it has waited there for a while, it is in the store again, where any may take it.
    await clock.advance('2s')
    const explained = await second?.runtime.explain(two?.id ?? '')
    const message = expect.stringMatching(/\(on host .+, process \d+, leased until 20/)
    expect(explained?.reasons).toMatchObject([{ code: 'resource', holder: one?.id, message }])
    expect(explained?.waits).toMatchObject([{ to: one?.id, because: 'resource' }])
  })

  it('is given back by one that is cancelled while the store is asked', async () => {
    const { clock, processes, cluster, kept, running } = await startCluster(
      2,
      { resources: { gpu: 1 } },
      { train: GPU },
    )
    const [first, second] = processes
    const gate = cluster.stop('hold')
    const one = await first?.runtime.submit('plan/train', 3_600_000)
    await clock.advance('1s')
    expect(await first?.runtime.cancel(one?.id ?? '')).toBe('requested')
    await clock.advance('1s')
    expect(await kept.get(one?.id ?? '')).toMatchObject({ status: 'cancelled' })
    gate.resolve()
    const two = await second?.runtime.submit('plan/train', 10)
    const three = await first?.runtime.submit('plan/train', 10)
    await clock.advance('10s')
    expect(running).toEqual([])
    expect(await kept.get(two?.id ?? '')).toMatchObject({ status: 'completed' })
    expect(await kept.get(three?.id ?? '')).toMatchObject({ status: 'completed' })
  })

  it('is asked for again when what was in the way had gone before the refusal came', async () => {
    const { clock, processes, kept } = await startCluster(
      2,
      { resources: { gpu: 1 } },
      { train: GPU },
    )
    const [first, second] = processes
    await first?.runtime.submit('plan/train', 500)
    await clock.advance('100ms')
    const gate = second?.way.withhold('hold')
    const two = await second?.runtime.submit('plan/train', 10)
    await clock.advance('5s')
    expect(await kept.get(two?.id ?? '')).toMatchObject({ status: 'running' })
    expect(await kept.holds()).toEqual([])
    gate?.resolve()
    await clock.advance('100ms')
    expect(await kept.get(two?.id ?? '')).toMatchObject({ status: 'completed', deliveries: 1 })
  })

  it('is not used when it is answered after its lease has ended, and others have it', async () => {
    const settings = { resources: { gpu: 1 } }
    const { clock, processes, kept, most } = await startCluster(2, settings, { train: GPU })
    const [first] = processes
    const gate = first?.way.withhold('hold')
    const { id = '' } = (await first?.runtime.submit('plan/train', 60_000)) ?? {}
    await clock.advance('1s')
    expect(await kept.holds()).toMatchObject([{ id }])
    first?.way.die()
    await clock.advance('35s')
    expect(await kept.get(id)).toMatchObject({ status: 'running', deliveries: 2 })
    gate?.resolve()
    first?.way.revive()
    await clock.advance('3m')
    expect(await kept.get(id)).toMatchObject({ status: 'completed', deliveries: 2 })
    expect(most()).toBe(1)
  })

  it('goes to what has waited long, even if it needs much and others need little', async () => {
    const tasks = { large: { resources: { gpu: 4 } }, small: GPU }
    const { clock, processes, kept } = await startCluster(2, { resources: { gpu: 4 } }, tasks)
    const feeding = { on: true }
    const feed = async (): Promise<void> => {
      for (const { runtime } of processes) await runtime.submit('plan/small', 700)
      if (feeding.on) clock.setTimer(clock.now() + 500, () => void feed())
    }
    await feed()
    await clock.advance('5s')
    const large = await processes[0]?.runtime.submit('plan/large', 10)
    await clock.advance('75s')
    feeding.on = false
    expect(await kept.get(large?.id ?? '')).toMatchObject({ status: 'completed' })
    await clock.advance('1m')
    expect(await kept.counts()).toMatchObject({ running: 0, pending: 0 })
  })
})

function hasAny(line: string, ids: ReadonlySet<string>): boolean {
  return line.split(',').some((id) => ids.has(id))
}
