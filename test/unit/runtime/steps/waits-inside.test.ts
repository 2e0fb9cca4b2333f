import { describe, expect, it } from 'vitest'
import type { RuntimeEvent } from '../../../../src/core/events.ts'
import { startSteps } from '../../../support/step-plans.ts'
import { STORES } from '../../../support/stores.ts'

const ACTIONS = `
export const give = ({ input }) => input ?? null
export const fail = ({ input }) => { throw new Error(input ?? 'bad', { cause: new Error('deep') }) }
export const big = () => 7n
let counts = 0
export const count = () => ++counts
export const failOnce = ({ input, attempt }) => { if (attempt === 1) throw new Error('first'); return input ?? null }
`

function begun(events: readonly RuntimeEvent[]) {
  return events.flatMap(({ name, data }) =>
    name === 'step.started' ? [(data as { readonly key: string }).key] : [],
  )
}

describe.each(STORES)('On %s', (_, makeStore) => {
  const start = (tasks: string, options = {}) => startSteps(tasks, ACTIONS, options, makeStore())
  const settle = async (clock: { advance(d: number): Promise<void> }) => {
    for (let turn = 0; turn < 10; turn += 1) await clock.advance(0)
  }

  it('each item of an each waits for its own event, all of them at once', async () => {
    const { runtime, clock, events } = await start(`
tasks:
  job:
    steps:
      - id: asked
        each: [1, 2, 3]
        parallel: 3
        steps:
          - { run: give, with: "\${{ item }}" }
          - id: answer
            waitFor: { event: answer, where: "\${{ event.data.to == item }}" }
          - { run: give, with: "\${{ steps.answer.output.data.text }}" }
    output: \${{ steps.asked.output }}
`)
    const handle = await runtime.submit('plan/job')
    await settle(clock)
    expect((await runtime.get(handle.id))?.status).toBe('scheduled')
    for (const to of [2, 3, 1]) {
      runtime.events.emit('answer', { to, text: `to ${to}` })
      await settle(clock)
    }
    expect(await handle.result()).toEqual(['to 1', 'to 2', 'to 3'])
    expect(begun(events).length).toBe(9)
  })

  it('tasks of steps that run side by side wait each for its own, in every attempt of theirs', async () => {
    const { runtime, clock, events } = await start(`
tasks:
  ask:
    steps:
      - { id: first, run: give, once: true }
      - id: answer
        waitFor: { event: answer, where: "\${{ event.data.to == input.to }}" }
      - { if: "\${{ !steps.answer.output.data.good }}", run: fail }
    output: \${{ [steps.answer.output.data.to, attempt] }}
  job:
    steps:
      - { id: asked, each: [1, 2], parallel: 2, task: ask, with: { to: "\${{ item }}" }, retry: { attempts: 2, backoff: { type: fixed, delay: 0 } } }
    output: \${{ steps.asked.output }}
`)
    const handle = await runtime.submit('plan/job')
    await settle(clock)
    const told = [
      { to: 2, good: false },
      { to: 1, good: true },
      { to: 2, good: true },
    ]
    for (const data of told) {
      runtime.events.emit('answer', data)
      await settle(clock)
    }
    expect(await handle.result()).toEqual([
      [1, 1],
      [2, 2],
    ])
    expect(begun(events).filter((key) => key.endsWith('/first'))).toEqual([
      'asked[0]/first',
      'asked[1]/first',
    ])
  })

  it('several waits of one event all get it, though the run sleeps', async () => {
    const { runtime, clock } = await start(`
tasks:
  job:
    steps:
      - parallel: [{ waitFor: go }, { waitFor: go }, { waitFor: "g*" }]
`)
    const handle = await runtime.submit('plan/job')
    await settle(clock)
    runtime.events.emit('go', 1)
    await settle(clock)
    const outputs = (await handle.result()) as { data: unknown }[]
    expect(outputs.map(({ data }) => data)).toEqual([1, 1, 1])
  })

  it('steps that handle a failure may wait, and the failure is still known after it', async () => {
    const { runtime, clock, events } = await start(`
tasks:
  job:
    steps:
      - id: bad
        run: fail
        onError:
          - id: decision
            waitFor: decided
          - id: used
            run: give
            with: "\${{ steps.bad.error.message + ':' + steps.decision.output.data }}"
    output: \${{ steps.used.output }}
`)
    const handle = await runtime.submit('plan/job')
    await settle(clock)
    runtime.events.emit('decided', 'yes')
    await settle(clock)
    expect(await handle.result()).toBe('bad:yes')
    expect(begun(events)).toEqual(['bad', 'decision', 'used'])
  })

  it('a wait with a retried step beside it loses nothing', async () => {
    const { runtime, clock } = await start(`
tasks:
  job:
    steps:
      - id: both
        parallel:
          - { run: failOnce, with: kept, retry: { attempts: 2, backoff: { type: fixed, delay: 10s } } }
          - { waitFor: go }
          - { sleep: "\${{ string(input.seconds) + 's' }}" }
    output: \${{ [steps.both.output[0], steps.both.output[1].data, steps.both.output[2]] }}
`)
    const handle = await runtime.submit('plan/job', { seconds: 30 })
    await clock.advance('5s')
    expect((await runtime.get(handle.id))?.status).toBe('running')
    await clock.advance('6s')
    await settle(clock)
    expect((await runtime.get(handle.id))?.status).toBe('scheduled')
    runtime.events.emit('go', 1)
    await settle(clock)
    await clock.advance('20s')
    expect(await handle.result()).toEqual(['kept', 1, null])
  })

  it('a wait marked once is not made again by a later attempt', async () => {
    const { runtime, clock } = await start(`
tasks:
  job:
    retry: { attempts: 2, backoff: { type: fixed, delay: 1s } }
    steps:
      - { id: approval, waitFor: approval, once: true }
      - { run: give, with: "\${{ attempt }}" }
      - { if: "\${{ attempt == 1 }}", run: fail }
    output: \${{ [attempt, steps.approval.output.data] }}
`)
    const handle = await runtime.submit('plan/job')
    await settle(clock)
    runtime.events.emit('approval', 'ok')
    await settle(clock)
    await clock.advance('2s')
    await settle(clock)
    expect(await handle.result()).toEqual([2, 'ok'])
  })

  it('a wait not marked once is made again by a later attempt, for a new event', async () => {
    const { runtime, clock } = await start(`
tasks:
  job:
    retry: { attempts: 2, backoff: { type: fixed, delay: 1s } }
    steps:
      - { id: approval, waitFor: approval }
      - { if: "\${{ attempt == 1 }}", run: fail }
    output: \${{ steps.approval.output.data }}
`)
    const handle = await runtime.submit('plan/job')
    await settle(clock)
    runtime.events.emit('approval', 'old')
    await settle(clock)
    await clock.advance('2s')
    await settle(clock)
    expect((await runtime.get(handle.id))?.status).toBe('scheduled')
    runtime.events.emit('approval', 'new')
    await settle(clock)
    expect(await handle.result()).toBe('new')
  })

  it('an event is not missed, whenever it comes while the run falls asleep', async () => {
    const { runtime, clock } = await start(`
tasks:
  job: { steps: [{ waitFor: { event: go, where: "\${{ event.data == input }}" } }] }
`)
    const told = new Set<string>()
    runtime.events.on('step.started', ({ data }) => told.add(data.taskletId))
    for (let turns = 0; turns < 25; turns += 1) {
      const handle = await runtime.submit('plan/job', turns)
      while (!told.has(handle.id)) await new Promise(setImmediate)
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
      for (let turn = 12; turn < turns; turn += 1) await new Promise(setImmediate)
      runtime.events.emit('go', turns)
      await settle(clock)
      expect([turns, (await runtime.get(handle.id))?.status]).toEqual([turns, 'completed'])
    }
  })

  it('a sleeping run that is cancelled waits no more, and wakes for nothing', async () => {
    const { runtime, clock, store } = await start(`
tasks:
  job: { steps: [{ parallel: [{ waitFor: go }, { sleep: 1h }] }] }
`)
    const handle = await runtime.submit('plan/job')
    await settle(clock)
    await runtime.cancel(handle.id, 'enough')
    await settle(clock)
    runtime.events.emit('go')
    await clock.advance('2h')
    expect((await runtime.get(handle.id))?.status).toBe('cancelled')
    expect(await store.facts('wait')).toEqual([])
  })

  it('a run is not expired while it sleeps', async () => {
    const { runtime, clock } = await start(`
tasks:
  job: { expiresAfter: 10s, timeout: 20s, steps: [{ sleep: 1h }, { id: x, run: give, with: 7 }] }
`)
    const handle = await runtime.submit('plan/job')
    await clock.advance('2h')
    expect(await handle.result()).toBe(7)
  })

  it('what failed for good after a wait can be replayed, and waits again', async () => {
    const { runtime, clock } = await start(`
tasks:
  job: { steps: [{ id: a, waitFor: go }, { if: "\${{ steps.a.output.data == 1 }}", run: fail }] }
`)
    const handle = await runtime.submit('plan/job')
    await settle(clock)
    runtime.events.emit('go', 1)
    await settle(clock)
    await expect(handle.result()).rejects.toThrow('bad')
    const record = await runtime.get(handle.id)
    expect(record?.error).toMatchObject({ message: 'bad', cause: { message: 'deep' } })
    const {
      replayed: [replayed],
    } = await runtime.deadLetters.replay([handle.id])
    await settle(clock)
    expect((await runtime.get(String(replayed?.id)))?.status).toBe('scheduled')
    runtime.events.emit('go', 2)
    await settle(clock)
    expect((await runtime.get(String(replayed?.id)))?.status).toBe('completed')
  })

  it('a failure that was handled before a wait keeps its message', async () => {
    const { runtime, clock } = await start(`
tasks:
  job:
    steps:
      - { id: bad, run: fail, onError: continue }
      - { sleep: 1m }
      - { if: "\${{ failed() }}", run: fail }
    output: [ "\${{ steps.bad.status }}", "\${{ steps.bad.error.message }}" ]
`)
    const handle = await runtime.submit('plan/job')
    await clock.advance('2m')
    expect(await handle.result()).toEqual(['failed', 'bad'])
  })

  it('an output that JSON cannot hold is told as a failure where it would be kept', async () => {
    const { runtime, clock } = await start(`
tasks:
  job: { steps: [{ id: d, run: big }, { waitFor: { event: go, where: "\${{ event.data == steps.d.status }}" } }] }
`)
    const handle = await runtime.submit('plan/job')
    await settle(clock)
    await expect(handle.result()).rejects.toThrow('cannot be kept')
  })

  it('an output marked once that JSON cannot hold is not made again', async () => {
    const { runtime, clock, events } = await start(`
tasks:
  job: { retry: { attempts: 3 }, steps: [{ id: b, run: big, once: true, retry: { attempts: 3 } }] }
`)
    const handle = await runtime.submit('plan/job')
    await clock.advance('1h')
    await expect(handle.result()).rejects.toThrow('cannot be kept')
    expect(begun(events)).toEqual(['b'])
  })

  it('many groups inside each other work as well', async () => {
    let step = '{ waitFor: go }'
    for (let depth = 0; depth < 14; depth += 1) step = `{ parallel: [{ steps: [${step}] }] }`
    const { runtime, clock } = await start(`
tasks:
  job: { steps: [${step}], output: ["\${{ attempt }}"] }
`)
    const handle = await runtime.submit('plan/job')
    await settle(clock)
    runtime.events.emit('go', 1)
    await settle(clock)
    expect(await handle.result()).toEqual([1])
  })
})
