import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import type {
  ForeignHandler,
  ForeignMessage,
  SubmissionSource,
} from '../../../../src/ports/intake.ts'
import { toEnvelope } from '../../../../src/runtime/envelope/envelope.ts'
import { newTasklet } from '../../../../src/testing/store-contract/records.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

const plan = planOf({
  greet: {
    input: z.object({ name: z.string() }),
    run: ({ input }: { input: { name: string } }) => `hello ${input.name}`,
  },
})

/** A source to which a test gives messages; each resolves when it is acknowledged. */
function fakeSource() {
  let handler: ForeignHandler | undefined
  let closing = false
  const listeners = new Set<(isUp: boolean) => void>()
  const source: SubmissionSource = {
    name: 'fake',
    open: () => Promise.resolve(),
    close: async () => {
      closing = true
    },
    receive: async (given) => {
      handler = given
    },
    onConnection(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const turn = (isUp: boolean) => {
    for (const listener of listeners) listener(isUp)
  }
  const send = async (body: unknown, messageId?: string): Promise<void> => {
    await vi.waitFor(() => expect(handler).toBeDefined())
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const message: ForeignMessage = { body: text, messageId, redelivered: false }
    await handler?.(message)
  }
  return { source, send, turn, isClosed: () => closing }
}

const submission = (task: string, input?: unknown, options?: object) => ({
  setpoint: 1,
  submission: { task, input, options },
})

async function start(options = {}) {
  const { source, send, turn, isClosed } = fakeSource()
  return {
    ...(await startRuntime(plan, { submissions: source, ...options })),
    send,
    turn,
    isClosed,
  }
}

describe('what others submit through a broker', () => {
  it('runs as what is submitted here', async () => {
    const { runtime, send } = await start()
    await send(submission('plan/greet', { name: 'you' }, { tags: ['far'], priority: 'high' }))
    await vi.waitFor(async () => {
      const { items } = await runtime.list()
      expect(items).toMatchObject([
        { status: 'completed', output: 'hello you', tags: ['far'], priority: 100 },
      ])
    })
  })

  it('runs once when its message comes twice', async () => {
    const { store, send } = await start()
    await send(submission('plan/greet', { name: 'you' }), 'm-1')
    await send(submission('plan/greet', { name: 'you' }), 'm-1')
    await send(submission('plan/greet', { name: 'you' }, { idempotencyKey: 'own' }), 'm-2')
    await send(submission('plan/greet', { name: 'you' }, { idempotencyKey: 'own' }), 'm-3')
    await vi.waitFor(async () => expect((await store.counts()).completed).toBe(2))
  })

  it('may be a whole record, which keeps its id', async () => {
    const { runtime, send } = await start()
    const record = newTasklet({ plan: 'plan', task: 'greet', input: { name: 'you' } })
    await send(toEnvelope(record))
    await send(toEnvelope(record))
    await vi.waitFor(async () => {
      expect(await runtime.get(record.id)).toMatchObject({ status: 'completed' })
    })
    expect((await runtime.list()).items).toHaveLength(1)
  })

  it.each([
    ['what is no JSON', 'so not json', 'malformed', 'message', /not JSON/],
    ['another version', { setpoint: 9, submission: {} }, 'malformed', 'message', /version is 9/],
    ['a task that nobody knows', submission('plan/sing'), 'plan', 'sing', /no task "sing"/],
    ['a plan that nobody knows', submission('opera/sing'), 'opera', 'sing', /no plan "opera"/],
    ['input of another kind', submission('plan/greet', { name: 1 }), 'plan', 'greet', /not valid/],
    [
      'an option that does not exist so',
      submission('plan/greet', { name: 'x' }, { priority: 'very' }),
      'plan',
      'greet',
      /priority/,
    ],
    [
      'a queue that is not served',
      submission('plan/greet', { name: 'x' }, { queue: 'q' }),
      'plan',
      'greet',
      /queue "q"/,
    ],
    [
      'a record that is over',
      toEnvelope(newTasklet({ plan: 'plan', task: 'greet', status: 'completed' })),
      'plan',
      'greet',
      /cannot begin/,
    ],
  ])('becomes a dead letter if it is %s', async (_, body, planName, task, reason) => {
    const { runtime, send, events } = await start()
    await send(body, 'm-1')
    await send(body, 'm-1')
    const { items } = await runtime.list({ status: ['failed'] })
    expect(items).toMatchObject([{ plan: planName, task, error: { kind: 'malformed' } }])
    expect(items[0]?.error?.message).toMatch(reason)
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    expect(items[0]?.input).toEqual({ body: text, messageId: 'm-1' })
    expect(events.some(({ name }) => name === 'tasklet.failed')).toBe(true)
  })

  it('says how long a message was of which it keeps the beginning', async () => {
    const { runtime, send } = await start()
    await send('x'.repeat(100_000))
    const [dead] = (await runtime.list()).items
    expect(dead?.input).toEqual({ body: 'x'.repeat(65_536), length: 100_000 })
  })

  it('waits for room in a full queue, and is not acknowledged meanwhile', async () => {
    const queues = { main: { maxSize: 1 } }
    const { runtime, send, store } = await start({ queues })
    await runtime.queue('main').pause()
    await send(submission('plan/greet', { name: 'first' }))
    let isTaken = false
    const second = send(submission('plan/greet', { name: 'second' })).then(() => {
      isTaken = true
    })
    await allDone()
    expect(isTaken).toBe(false)
    await runtime.queue('main').resume()
    await second
    await vi.waitFor(async () => expect((await store.counts()).completed).toBe(2))
  })

  it('shows in the health while its broker is away', async () => {
    const { runtime, send, turn, log } = await start()
    await send(submission('plan/greet', { name: 'you' }))
    const codes = async () => (await runtime.stats()).health.reasons.map(({ code }) => code)
    turn(false)
    expect(await codes()).toEqual(['broker-down'])
    turn(true)
    expect(await codes()).toEqual([])
    expect(log.lines.map(({ level }) => level)).toEqual(['warn', 'info'])
  })

  it('is left to the broker when the runtime stops', async () => {
    const { runtime, send, isClosed } = await start({ queues: { main: { maxSize: 1 } } })
    await runtime.queue('main').pause()
    await send(submission('plan/greet', { name: 'first' }))
    const second = send(submission('plan/greet', { name: 'second' }))
    const refused = expect(second).rejects.toThrow(/stopping/)
    await allDone()
    await runtime.stop()
    await refused
    expect(isClosed()).toBe(true)
  })
})
